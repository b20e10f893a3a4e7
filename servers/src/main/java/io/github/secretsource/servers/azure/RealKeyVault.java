package io.github.secretsource.servers.azure;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.secretsource.servers.host.AdminClient;
import io.github.secretsource.servers.host.Reply;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.net.URI;
import java.net.URLEncoder;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A vault of the service itself. The application needs the role Key Vault Secrets Officer. Names must be new in each
 * run: what {@link #delete} leaves behind keeps its name until the retention ends. Safe for concurrent use.
 */
public final class RealKeyVault implements KeyVault {
    private static final String VERSION = "?api-version=2025-07-01";

    private final URI address;
    private final URI authority;
    private final String tenant;
    private final String clientId;
    private final String clientSecret;
    private final SSLContext tls;

    RealKeyVault(URI address, URI authority, String tenant, String clientId, String clientSecret, SSLContext tls) {
        this.address = address;
        this.authority = authority;
        this.tenant = tenant;
        this.clientId = clientId;
        this.clientSecret = clientSecret;
        this.tls = tls;
    }

    /**
     * Returns the vault that the system property {@code servers.azure} names by its address, such as
     * {@code https://NAME.vault.azure.net}. Then {@code servers.azure.tenant}, {@code servers.azure.client-id} and
     * {@code servers.azure.client-secret} tell the application.
     *
     * @return the vault, or nothing if the property is not set
     * @throws NullPointerException if one of the others is missing
     */
    public static Optional<KeyVault> named() {
        String address = property("");
        if (address == null || address.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new RealKeyVault(
                    URI.create(address),
                    URI.create("https://" + Entra.HOST),
                    required(".tenant"),
                    required(".client-id"),
                    required(".client-secret"),
                    SSLContext.getDefault()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public URI address() {
        return address;
    }

    @Override
    public URI authority() {
        return authority;
    }

    @Override
    public String tenant() {
        return tenant;
    }

    @Override
    public String clientId() {
        return clientId;
    }

    @Override
    public String clientSecret() {
        return clientSecret;
    }

    @Override
    public SSLContext tls() {
        return tls;
    }

    @Override
    public String put(String name, String value) {
        JsonObject body = Json.createObjectBuilder().add("value", value).build();
        Reply reply = vault().send("PUT", "/secrets/" + name + VERSION, body).ok();
        String id = reply.json().getString("id");
        return id.substring(id.lastIndexOf('/') + 1);
    }

    @Override
    public void delete(String name) {
        Reply unused = vault().send("DELETE", "/secrets/" + name + VERSION).ok();
    }

    private AdminClient vault() {
        return AdminClient.of(address, tls).with("Authorization", "Bearer " + token());
    }

    private String token() {
        String form = "grant_type=client_credentials&client_id=" + clientId + "&client_secret="
                + URLEncoder.encode(clientSecret, UTF_8) + "&scope="
                + URLEncoder.encode(Tokens.VAULT + "/.default", UTF_8);
        return AdminClient.of(authority, tls)
                .with("Content-Type", "application/x-www-form-urlencoded")
                .send("POST", "/" + tenant + "/oauth2/v2.0/token", form)
                .ok()
                .json()
                .getString("access_token");
    }

    private static @Nullable String property(String suffix) {
        return System.getProperty("servers.azure" + suffix);
    }

    private static String required(String suffix) {
        return Objects.requireNonNull(property(suffix), "the system property servers.azure" + suffix + " is not set");
    }
}
