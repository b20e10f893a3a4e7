package io.github.secretsource.servers.aws;

import io.github.secretsource.servers.host.NotOursException;
import io.github.secretsource.servers.host.Server;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Secrets Manager, Parameter Store, IAM and STS: moto on the loopback address, mended where AWS answers otherwise, or
 * what {@code servers.aws} names: the address of a server, or {@code aws} for the service itself. Then {@code
 * servers.aws.region}, {@code servers.aws.access-key}, {@code servers.aws.secret-key} and, for a session, {@code
 * servers.aws.session-token} are an administrator's, and what was made is removed at the end.
 *
 * <p>Signatures and policies are enforced always. Names that are {@linkplain #fresh fresh} and users of their own keep
 * tests apart. KMS is not played: each reader may decrypt.
 */
public final class Aws implements Server {
    private static final String PROPERTY = "servers.aws";

    private final @Nullable URI endpoint;
    private final String region;
    private final AwsKeys administrator;
    private final @Nullable Launcher launcher;
    private final Control control;
    private final Api api;
    private final Leftovers leftovers = new Leftovers();

    private Aws(@Nullable URI endpoint, String region, AwsKeys administrator, @Nullable Launcher launcher) {
        this.endpoint = endpoint;
        this.region = region;
        this.administrator = administrator;
        this.launcher = launcher;
        this.control = launcher == null ? Control.find(endpoint) : Control.of(launcher.endpoint());
        this.api = new Api(endpoint, region, administrator);
    }

    /**
     * Starts a server, or takes the one that the properties name.
     *
     * @return a server that answers
     */
    public static Aws start() {
        String running = System.getProperty(PROPERTY);
        if (running == null) {
            return startOwn();
        }
        var keys = new AwsKeys(
                System.getProperty(PROPERTY + ".access-key", ""),
                System.getProperty(PROPERTY + ".secret-key", ""),
                System.getProperty(PROPERTY + ".session-token"));
        return connect(running.equals("aws") ? null : URI.create(running), keys);
    }

    /** Takes a server that runs, or the service itself. */
    static Aws connect(@Nullable URI endpoint, AwsKeys administrator) {
        return new Aws(endpoint, regionWanted(), administrator, null);
    }

    /**
     * Starts a server, whatever the properties say: for a test that breaks it.
     *
     * @return a server that answers
     */
    public static Aws startOwn() {
        var launcher = new Launcher();
        return new Aws(launcher.endpoint(), regionWanted(), launcher.administrator(), launcher);
    }

    private static String regionWanted() {
        return System.getProperty(PROPERTY + ".region", "eu-central-1");
    }

    /** Returns what clients are to be told as endpoint; empty at the service itself, which they know. */
    public Optional<URI> endpoint() {
        return Optional.ofNullable(endpoint);
    }

    /** Returns where the server listens, for a proxy before it. */
    public InetSocketAddress address() {
        URI address = endpoint().orElseThrow(() -> new NotOursException("AWS itself has many addresses"));
        return new InetSocketAddress(address.getHost(), address.getPort());
    }

    /** Returns the region of everything. */
    public String region() {
        return region;
    }

    /** Returns the number of the account. */
    public String account() {
        return api.account();
    }

    /** Returns the keys of one who may do everything. */
    public AwsKeys administrator() {
        return administrator;
    }

    /**
     * Returns a name that nobody else uses, nor the beginning of it.
     *
     * @param base what it begins with
     * @return the base, a hyphen and letters
     */
    public String fresh(String base) {
        return base + "-" + UUID.randomUUID();
    }

    /**
     * Returns the ARN of a secret for a policy.
     *
     * @param name of the secret, which need not exist; may have {@code *}
     * @return the ARN with question marks for the six characters at its end
     */
    public String secretArn(String name) {
        return "arn:aws:secretsmanager:" + region + ":" + account() + ":secret:" + name + "-??????";
    }

    /**
     * Returns the ARN of a parameter.
     *
     * @param name of the parameter, with or without the slash at its beginning; may have {@code *} for a policy
     * @return the ARN
     */
    public String parameterArn(String name) {
        return "arn:aws:ssm:" + region + ":" + account() + ":parameter" + (name.startsWith("/") ? "" : "/") + name;
    }

    /** Returns the administrator's door to Secrets Manager. */
    public SecretsManager secrets() {
        return new SecretsManager(api, leftovers);
    }

    /** Returns the administrator's door to Parameter Store. */
    public ParameterStore parameters() {
        return new ParameterStore(api, leftovers);
    }

    /** Returns the administrator's door to IAM. */
    public Iam iam() {
        return new Iam(api, leftovers);
    }

    /** Returns the door to STS. */
    public Sts sts() {
        return new Sts(api, control);
    }

    /**
     * Returns all requests that were answered since the start, in that order, an administrator's too.
     *
     * @throws UnsupportedOperationException at the service itself
     */
    public List<AwsRequest> requests() {
        String log = launcher == null ? control.log() : launcher.log();
        return log.lines().map(Aws::json).map(AwsRequest::of).toList();
    }

    private static JsonObject json(String line) {
        try (var reader = Json.createReader(new StringReader(line))) {
            return reader.readObject();
        }
    }

    /**
     * Returns how many requests there were of a kind.
     *
     * @param which such as {@code request -> request.reads(name)}
     * @throws UnsupportedOperationException at the service itself
     */
    public long requests(Predicate<AwsRequest> which) {
        return requests().stream().filter(which).count();
    }

    /**
     * Makes requests go wrong, until the fault is closed or used up. Of several that fit, the oldest is used.
     *
     * @param fault which requests, and how
     * @return what ends it
     * @throws UnsupportedOperationException at the service itself
     */
    public ActiveFault inject(AwsFault fault) {
        return new ActiveFault(
                control, control.send("POST", "/control/faults", fault.json().toString()));
    }

    /** Stops the process: connections are accepted, nothing answers. */
    public void pause() {
        own().process().pause();
    }

    /** Lets it go on. */
    public void resume() {
        own().process().resume();
    }

    /** Kills it. */
    public void kill() {
        own().process().kill();
    }

    /** Starts it again on the same port: empty but for the administrator, since moto keeps nothing on disk. */
    public void restart() {
        own().restart();
    }

    private Launcher own() {
        if (launcher == null) {
            throw new NotOursException("this AWS was named by -D" + PROPERTY + ": its process is not ours");
        }
        return launcher;
    }

    @Override
    public List<String> reach() {
        var lines = new ArrayList<String>();
        lines.add("export AWS_REGION=" + region + (endpoint == null ? "" : " AWS_ENDPOINT_URL=" + endpoint));
        if (launcher != null) {
            lines.add("export AWS_ACCESS_KEY_ID=" + administrator.accessKey() + " AWS_SECRET_ACCESS_KEY="
                    + administrator.secretKey());
        }
        return lines;
    }

    @Override
    public void close() {
        if (launcher == null) {
            leftovers.remove();
        } else {
            launcher.close();
        }
    }
}
