package io.github.secretsource;

import io.github.secretsource.config.TestConfig;
import io.github.secretsource.source.EnvironmentVariables;
import io.github.secretsource.source.EnvironmentVariablesFactory;
import io.github.secretsource.source.FailoverFactory;
import io.github.secretsource.source.FirstOfFactory;
import io.github.secretsource.source.InMemorySecrets;
import io.github.secretsource.source.MountedVolumes;
import io.github.secretsource.source.MountedVolumesFactory;
import io.github.secretsource.source.SecretSources;
import io.github.secretsource.spi.ConfigKey;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.Lease;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SourceConfig;
import io.github.secretsource.spi.SourceContext;
import io.github.secretsource.test.Canary;
import io.github.secretsource.view.DockerConfig;
import io.github.secretsource.view.ServiceAccountToken;
import io.github.secretsource.view.SshKey;
import io.github.secretsource.view.TlsIdentity;
import io.github.secretsource.view.UsernamePassword;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** One or more of every public type of the library, with a canary in every place where a value can be. */
final class PublicInstances implements AutoCloseable {

    private static final SecretId ID = SecretId.of("mem", "app");

    private final Canary canary = Canary.next();
    private final SecretValue value = SecretValue.of(canary.value());
    private final List<SecretEvent> events = new CopyOnWriteArrayList<>();
    private final List<Object> seen = new CopyOnWriteArrayList<>();
    private final List<Object> all = new ArrayList<>();
    private final Secrets secrets;

    private PublicInstances(Path folder) throws Exception {
        secrets = Secrets.builder()
                .source("mem", new Telling())
                .listener(events::add)
                .countReads()
                .build();
        addRoot();
        addEvents();
        addErrors();
        addSources();
        addSpi();
        addViews(folder);
    }

    static PublicInstances of(Path folder) throws Exception {
        return new PublicInstances(folder);
    }

    Canary canary() {
        return canary;
    }

    List<Object> all() {
        return List.copyOf(all);
    }

    /** Those that an application hands around: no library, no source, no machinery behind them. */
    List<Object> handedAround() {
        return all.stream()
                .filter(one -> !(one instanceof Secrets || one instanceof Secrets.Builder || one instanceof Timeline))
                .filter(one -> !(one instanceof SecretSource || one instanceof SourceContext))
                .filter(one -> !(one instanceof SourceConfig))
                .toList();
    }

    /** Notes what the engine gives to sources, and answers with the canary. */
    private final class Telling implements SecretSource {

        @Override
        public void start(SourceContext context) {
            seen.add(context);
        }

        @Override
        public SecretData fetch(SecretId id, FetchContext context) {
            seen.add(context);
            return data();
        }
    }

    private SecretData data() {
        return SecretData.of(Map.of("username", SecretValue.of("user"), "password", value))
                .withVersion("v1")
                .withLease(new Leased());
    }

    /** A lease that prints what its author should not have put into its id. */
    private static final class Leased implements Lease {

        @Override
        public String id() {
            return "lease/1";
        }

        @Override
        public Duration ttl() {
            return Duration.ofHours(1);
        }

        @Override
        public boolean renewable() {
            return true;
        }

        @Override
        public Lease renew(FetchContext context) {
            return this;
        }

        @Override
        public void revoke(FetchContext context) {}
    }

    private void addRoot() {
        LiveSecret<SecretValue> live = secrets.live("mem:app#password");
        LiveSecret<UsernamePassword> pair = secrets.live("mem:app", UsernamePassword::from);
        Secret secret = secrets.secret("mem:app");
        SecretBatch batch = secrets.getAll(List.of("mem:app#password", "mem:app#missing"));
        SecretView<SecretValue> view = Secret::value;
        SecretEventListener listener = events::add;
        SecretValue.Use<byte[], Integer, RuntimeException> use = lent -> lent.length;
        all.addAll(List.of(
                secrets,
                Secrets.builder()
                        .config(Map.of("secrets.source.x.token", canary.value()))
                        .source("mem", new Telling()),
                value,
                secret,
                TestSecrets.whole(canary.value()),
                TestSecrets.whole("{\"a\":\"" + canary.value() + "\"}"),
                live,
                live.held(),
                pair,
                pair.held(),
                LiveSecret.constant(value),
                Outcome.of(value),
                Outcome.of(secret),
                batch,
                batch.outcomes(),
                batch.problems(),
                secrets.statuses(),
                secrets.statuses().get(0),
                secrets.health(),
                view,
                listener,
                use,
                live.subscribe(ignored -> {}),
                ID,
                SecretRef.parse("mem:app?encoding=base64#password"),
                RefreshPolicy.defaults(),
                Timeline.system(),
                Timeline.system().timer("unused", () -> {}),
                Diagnosis.problem(ID, "is missing", "create it"),
                Permissions.of("mem", "text", "read app")));
        all.addAll(List.of(Encoding.BASE64, SecretId.Selector.CURRENT, SecretStatus.State.FRESH));
        all.addAll(List.of(SecretsHealth.Level.UP, RefreshPolicy.WhenGone.WITHDRAW));
    }

    private void addEvents() {
        var now = Instant.EPOCH;
        var problem = new SecretUnavailableException(ID, "is out of reach", "start the store");
        all.addAll(List.of(
                new SecretEvent.Fetched(ID, now, Duration.ZERO, problem),
                new SecretEvent.Rotated(ID, now, "v1", "v2", true),
                new SecretEvent.RefreshFailed(ID, now, problem),
                new SecretEvent.Recovered(ID, now),
                new SecretEvent.Withdrawn(ID, now, problem),
                new SecretEvent.LeaseRenewed(ID, now, Duration.ofHours(1)),
                new SecretEvent.Denied(ID, now, "audit"),
                new SecretEvent.Opened(ID, now, "audit"),
                new SecretEvent.Closed(ID, now)));
    }

    private void addErrors() {
        var notFound = new SecretNotFoundException(ID, "does not exist", "create it");
        all.addAll(List.of(
                notFound,
                notFound.reason(),
                new SecretAccessException(ID, "is denied", "grant it"),
                SecretUnavailableException.throttled(ID, Duration.ofSeconds(1)),
                new SecretFormatException(ID, "is not JSON", "correct it"),
                Outcome.failed(notFound)));
        try {
            throw new IllegalStateException("unreachable: " + SecretRef.parse("no colon"));
        } catch (InvalidSecretRefException e) {
            all.add(e);
        }
    }

    private void addSources() {
        InMemorySecrets memory = InMemorySecrets.create().put("app", canary.value());
        all.addAll(List.of(
                memory,
                memory.leases(),
                MountedVolumes.at(Path.of("/nowhere")),
                MountedVolumes.builder().mount("db", Path.of("/nowhere/db")),
                EnvironmentVariables.create(),
                EnvironmentVariables.builder(),
                new EnvironmentVariablesFactory(),
                new FailoverFactory(),
                new FirstOfFactory(),
                new MountedVolumesFactory(),
                SecretSources.firstOf(memory, InMemorySecrets.create()),
                SecretSources.failover(memory, InMemorySecrets.create()),
                SecretSources.mapped(memory, path -> path)));
    }

    private void addSpi() {
        var key = ConfigKey.of("token", ConfigKey.Type.TEXT, "What it logs in with.");
        all.addAll(seen);
        all.addAll(List.of(
                data(),
                SecretData.of(value),
                new Leased(),
                key,
                ConfigKey.Type.TEXT,
                new Telling().traits(),
                TestConfig.settings("mem", Map.of("token", canary.value()), key)));
    }

    private void addViews(Path folder) throws Exception {
        String claims = Base64.getUrlEncoder().withoutPadding().encodeToString("{}".getBytes(StandardCharsets.UTF_8));
        String pem = "-----BEGIN OPENSSH PRIVATE KEY-----\n"
                + Base64.getEncoder().encodeToString(canary.value().getBytes(StandardCharsets.UTF_8))
                + "\n-----END OPENSSH PRIVATE KEY-----\n";
        String docker = "{\"auths\":{\"registry.example.org\":{\"username\":\"user\",\"password\":\"" + canary.value()
                + "\"}}}";
        all.addAll(List.of(
                UsernamePassword.from(TestSecrets.fields(Map.of("username", "user", "password", canary.value()))),
                SshKey.from(TestSecrets.fields(Map.of("ssh-privatekey", pem))),
                ServiceAccountToken.from(TestSecrets.whole(
                        claims + "." + claims + "." + canary.value().replace('-', '_'))),
                DockerConfig.from(TestSecrets.fields(Map.of(".dockerconfigjson", docker))),
                identity(folder)));
    }

    private TlsIdentity identity(Path folder) throws Exception {
        Path store = folder.resolve("identity.p12");
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        Process made = new ProcessBuilder(
                        keytool,
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-dname",
                        "CN=localhost",
                        "-keyalg",
                        "EC",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        canary.value())
                .redirectErrorStream(true)
                .start();
        String printed = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (made.waitFor() != 0) {
            throw new IllegalStateException(printed);
        }
        return TlsIdentity.pkcs12(value).of(TestSecrets.whole(Files.readAllBytes(store)));
    }

    @Override
    public void close() {
        secrets.close();
    }
}
