package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.LiveSecret;
import io.github.secretsource.SecretException;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretStatus.State;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.SecretsHealth;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SourceContext;
import io.github.secretsource.spi.SourceTraits;
import io.github.secretsource.test.FakeTime;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A token that is good, while no other is to be had: what is read with it must not suffer. */
final class TokenUpkeepTest {
    private static final String LOGIN = "POST auth/approle/login";
    private static final Duration LIFE = Duration.ofHours(1);
    private static final int USERS = 400;

    private final FakeTime time = FakeTime.advancingItself();
    private final Routes routes = new Routes();

    private void serve(String ttl) {
        routes.on(LOGIN, asked -> VirtualVault.token("token", LIFE.toSeconds(), false));
        IntStream.range(0, USERS)
                .forEach(at -> routes.on(
                        "GET database/creds/app" + at,
                        asked -> VirtualVault.lease("database/creds/app" + at, ttl, true, "password-" + at)));
        routes.on("POST sys/leases/renew", asked -> VirtualVault.lease("lease", ttl, true, ""));
    }

    private static String user(int number) {
        return "vault:database/creds/app" + number + "#password";
    }

    /** Reads another user every ten seconds until the token is almost over; returns what was refused. */
    private Set<String> readOn(Secrets secrets, int first, Duration span) {
        var refusals = new TreeSet<String>();
        for (int at = 0; at < span.toSeconds() / 10; at++) {
            time.advance(Duration.ofSeconds(10));
            try {
                var unused = secrets.get(user(first + at));
            } catch (SecretException e) {
                refusals.add(e.problem());
            }
        }
        return refusals;
    }

    @Test
    @DisplayName("F21 a credential whose source throws what it likes: users are made while the token is good")
    void aSourceThatThrowsCostsNoRead() {
        var broken = new TreeSet<String>();
        var looks = new AtomicInteger();
        Credential credential = call -> {
            looks.incrementAndGet();
            if (!broken.isEmpty()) {
                throw new IllegalStateException("not a refusal");
            }
            return SecretValue.of("not-a-real-secret-id");
        };
        serve("60");
        VirtualVault vault = VirtualVault.of(time, routes, VaultAuth.appRole("role", credential));
        try (Secrets secrets = vault.secrets();
                var held = secrets.live(user(0))) {
            time.advance(Duration.ofSeconds(1_700));
            broken.add("from now on");

            assertThat(readOn(secrets, 1, Duration.ofSeconds(1_850))).isEmpty();

            assertThat(held.status().state()).isEqualTo(State.FRESH);
            assertThat(looks.get()).isBetween(20, 80);
        }
    }

    @Test
    @DisplayName("F21 a login that hangs costs no read of a user while the token is good, and makes nothing stale")
    void aLoginThatHangsCostsNoRead() {
        serve("30");
        var vault = new HangingVault();
        try (Secrets secrets =
                Secrets.builder().time(time).source("vault", vault).build()) {
            var held = new ArrayList<LiveSecret<?>>();
            IntStream.range(0, 5).forEach(at -> held.add(secrets.live(user(at))));
            time.advance(Duration.ofSeconds(1_700));
            vault.hanging.add(LOGIN);

            var refusals = new TreeSet<String>();
            var states = new TreeSet<State>();
            var levels = new TreeSet<SecretsHealth.Level>();
            for (int at = 0; at < 185; at++) {
                refusals.addAll(readOn(secrets, 5 + at, Duration.ofSeconds(10)));
                held.forEach(one -> states.add(one.status().state()));
                levels.add(secrets.health().level());
            }

            assertThat(refusals).isEmpty();
            assertThat(states).containsExactly(State.FRESH);
            assertThat(levels).containsExactly(SecretsHealth.Level.UP);
            assertThat(routes.count(LOGIN)).isBetween(20L, 80L);
        }
    }

    /** Says nothing to some calls until their time is over. */
    private final class HangingVault implements SecretSource, VaultTransport {
        private final Set<String> hanging = ConcurrentHashMap.newKeySet();
        private volatile @Nullable VaultReader reader;

        @Override
        public void start(SourceContext context) {
            Login login = VaultAuth.appRole("role", SecretValue.of("not-a-real-secret-id"))
                    .login();
            var addresses = new Addresses(List.of(URI.create("https://vault.example")));
            var client = new VaultClient(addresses, "", time::nanos, this, this);
            var mounts = new Mounts(Map.of("database", VaultMount.PLAIN), client);
            reader = new VaultReader(client, new Session(login, client, context), mounts, time);
        }

        @Override
        public SecretData fetch(SecretId id, FetchContext context) {
            VaultReader now = reader;
            if (now == null) {
                throw new IllegalStateException("not started");
            }
            return now.read(id, context);
        }

        @Override
        public SourceTraits traits() {
            return SourceTraits.defaults().withPermits(8);
        }

        @Override
        public VaultReply send(URI address, VaultRequest request, long deadline) throws TransportException {
            VaultReply reply = routes.answer(request);
            if (hanging.contains(request.method() + request.path().replaceFirst("/v1/", " "))) {
                awaitQuietly(deadline);
                throw new TransportException(TransportException.Stage.SENT, "did not answer in time");
            }
            return reply;
        }

        private void awaitQuietly(long deadline) {
            try {
                boolean unused = time.await(new CompletableFuture<>(), deadline);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() {}
    }
}
