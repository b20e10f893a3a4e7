package io.github.secretsource.vault;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.secretsource.Diagnosis;
import io.github.secretsource.Permissions;
import io.github.secretsource.SecretId;
import io.github.secretsource.Secrets;
import io.github.secretsource.Subscription;
import io.github.secretsource.Timeline;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SourceContext;
import io.github.secretsource.spi.SourceTraits;
import io.github.secretsource.test.FakeTime;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Session, client and reader in virtual time, over a server that is a method call: what takes days takes no time. Counts
 * how often leases were in doubt. Safe for concurrent use.
 */
final class VirtualVault implements SecretSource, VaultTransport {
    private final FakeTime time;
    private final Routes routes;
    private final Login login;
    private final AtomicInteger doubts = new AtomicInteger();
    private volatile @Nullable VaultReader reader;
    private volatile @Nullable Session session;
    private volatile @Nullable Doctor doctor;

    private VirtualVault(FakeTime time, Routes routes, VaultAuth auth) {
        this.time = time;
        this.routes = routes;
        this.login = auth.login();
    }

    static VirtualVault of(FakeTime time, Routes routes, VaultAuth auth) {
        return new VirtualVault(time, routes, auth);
    }

    Secrets secrets() {
        return Secrets.builder().time(time).source("vault", this).build();
    }

    int doubts() {
        return doubts.get();
    }

    @Override
    public void start(SourceContext context) {
        var client = new VaultClient(
                new Addresses(List.of(URI.create("https://vault.example"))), "", time::nanos, this, this);
        session = new Session(login, client, new Doubting(context));
        var mounts = new Mounts(Map.of("secret", VaultMount.KV2, "database", VaultMount.PLAIN), client);
        reader = new VaultReader(client, session, mounts, time);
        doctor = new Doctor(client, session, mounts, time);
    }

    @Override
    public SecretData fetch(SecretId id, FetchContext context) {
        VaultReader now = reader;
        if (now == null) {
            throw new IllegalStateException("not started");
        }
        return now.read(id, context);
    }

    private Doctor doctor() {
        Doctor now = doctor;
        if (now == null) {
            throw new IllegalStateException("not started");
        }
        return now;
    }

    @Override
    public List<Diagnosis> diagnose(Set<SecretId> ids) {
        return doctor().look(ids);
    }

    @Override
    public List<Permissions> leastPrivilege(Set<SecretId> ids) {
        return doctor().permissions(ids);
    }

    @Override
    public SourceTraits traits() {
        return VaultSource.builder(URI.create("https://vault.example"))
                .auth(VaultAuth.certificate(""))
                .build()
                .traits();
    }

    @Override
    public VaultReply send(URI address, VaultRequest request, long deadline) throws TransportException {
        VaultReply reply = routes.answer(request);
        if (reply.status() < 0) {
            throw new TransportException(TransportException.Stage.UNSENT, "cannot be reached");
        }
        if (reply.status() == 0) {
            throw new TransportException(TransportException.Stage.SENT, "broke the connection off");
        }
        return reply;
    }

    /** Takes virtual time, as an answer from far away does. */
    void pause(Duration span) {
        try {
            boolean unused = time.await(new CompletableFuture<>(), time.after(span));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        Session now = session;
        if (now != null) {
            now.close(Duration.ofSeconds(1));
        }
    }

    /** A login's answer. */
    static VaultReply token(String token, long ttl, boolean renewable) {
        String auth =
                "{\"client_token\":\"" + token + "\",\"lease_duration\":" + ttl + ",\"renewable\":" + renewable + "}";
        return new VaultReply(200, Optional.empty(), ("{\"auth\":" + auth + "}").getBytes(UTF_8));
    }

    static VaultReply lease(String id, String ttl, boolean renewable, String password) {
        String answer = "{\"lease_id\":\"" + id + "\",\"lease_duration\":" + ttl + ",\"renewable\":" + renewable
                + ",\"data\":{\"username\":\"u\",\"password\":\"" + password + "\"}}";
        return new VaultReply(200, Optional.empty(), answer.getBytes(UTF_8));
    }

    private final class Doubting implements SourceContext {
        private final SourceContext context;

        Doubting(SourceContext context) {
            this.context = context;
        }

        @Override
        public String name() {
            return context.name();
        }

        @Override
        public Timeline timeline() {
            return context.timeline();
        }

        @Override
        public Executor executor() {
            return context.executor();
        }

        @Override
        public Subscription every(Duration period, Runnable task) {
            return context.every(period, task);
        }

        @Override
        public void leasesInDoubt() {
            doubts.incrementAndGet();
            context.leasesInDoubt();
        }
    }
}
