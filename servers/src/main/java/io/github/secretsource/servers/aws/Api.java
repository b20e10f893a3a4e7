package io.github.secretsource.servers.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.secretsource.servers.host.AdminClient;
import io.github.secretsource.servers.host.Reply;
import jakarta.json.JsonObject;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Sends signed requests to the services of one region: at one address, or each at its own. Safe for concurrent use. */
final class Api {
    private final @Nullable URI endpoint;
    private final String region;
    private final AwsKeys administrator;
    private final Map<URI, AdminClient> clients = new ConcurrentHashMap<>();

    Api(@Nullable URI endpoint, String region, AwsKeys administrator) {
        this.endpoint = endpoint;
        this.region = region;
        this.administrator = administrator;
    }

    /** Calls an operation of a service that speaks JSON, as administrator. */
    JsonObject json(String service, String target, JsonObject body) {
        var headers = Map.of("content-type", "application/x-amz-json-1.1", "x-amz-target", target);
        return send(administrator, service, headers, body.toString()).ok().json();
    }

    /** Calls an operation of IAM or STS, unsigned if there are no keys, and returns the XML of the answer. */
    String query(@Nullable AwsKeys keys, String service, Map<String, String> parameters) {
        var all = new LinkedHashMap<>(parameters);
        all.put("Version", service.equals("iam") ? "2010-05-08" : "2011-06-15");
        String body = all.entrySet().stream()
                .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), UTF_8))
                .collect(Collectors.joining("&"));
        return send(keys, service, Map.of("content-type", "application/x-www-form-urlencoded"), body)
                .ok()
                .body();
    }

    /** Calls an operation of IAM or STS as administrator. */
    String query(String service, Map<String, String> parameters) {
        return query(administrator, service, parameters);
    }

    /** Returns the number of the administrator's account. */
    String account() {
        return element(query("sts", Map.of("Action", "GetCallerIdentity")), "Account");
    }

    private Reply send(@Nullable AwsKeys keys, String service, Map<String, String> headers, String body) {
        URI address = address(service);
        String host = address.getHost() + (address.getPort() < 0 ? "" : ":" + address.getPort());
        var all = new LinkedHashMap<>(headers);
        if (keys != null) {
            String scope = service.equals("iam") && endpoint == null ? "us-east-1" : region;
            all.putAll(new Signature(keys, scope, service).of(host, headers, body, Instant.now()));
        }
        AdminClient client = clients.computeIfAbsent(address, AdminClient::of);
        for (var header : all.entrySet()) {
            client = client.with(header.getKey(), header.getValue());
        }
        return client.send("POST", "/", body);
    }

    private URI address(String service) {
        if (endpoint != null) {
            return endpoint;
        }
        String name = service.equals("iam") ? "iam" : service + "." + region;
        return URI.create("https://" + name + ".amazonaws.com");
    }

    /** Returns the text of the first element of a name. */
    static String element(String xml, String name) {
        Matcher element =
                Pattern.compile("<" + name + ">([^<]*)</" + name + ">").matcher(xml);
        if (!element.find()) {
            throw new AssertionError("the answer has no " + name);
        }
        return element.group(1);
    }
}
