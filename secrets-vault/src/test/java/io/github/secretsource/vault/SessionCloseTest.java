package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.SecretException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.servers.host.Deadline;
import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Threads are real here: what is closed does not wait for virtual time. */
final class SessionCloseTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String REF = "vault:secret/app#password";

    private final Routes routes = new Routes().secret("app", "password", "first");
    private final Set<String> living = new ConcurrentSkipListSet<>();
    private final CountDownLatch arrived = new CountDownLatch(1);
    private final CountDownLatch answered = new CountDownLatch(1);

    /** As the driver does, it hears no interrupt. */
    private VaultReply login(VaultRequest request) {
        arrived.countDown();
        boolean interrupted = false;
        while (answered.getCount() > 0) {
            try {
                answered.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        living.add("token");
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return VirtualVault.token("token", 3600, true);
    }

    private static Thread started(Runnable task) {
        var thread = new Thread(() -> {
            try {
                task.run();
            } catch (SecretException e) {
                // The source was closed meanwhile.
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Test
    @DisplayName("F49 the token of a login that is answered during the close is revoked, too")
    void revokesWhatALoginBringsDuringTheClose() throws Exception {
        routes.on("POST auth/approle/login", this::login);
        routes.on("POST auth/token/revoke-self", asked -> {
            boolean unused = living.remove(Routes.token(asked));
            return Routes.reply(204, "");
        });
        var vault = VirtualVault.of(
                FakeTime.create(), routes, VaultAuth.appRole("role", SecretValue.of("not-a-real-secret-id")));
        Secrets secrets = vault.secrets();
        Thread reader = started(() -> secrets.get(REF));
        arrived.await();
        var closing = new CountDownLatch(1);
        Thread closer = started(() -> {
            closing.countDown();
            vault.close();
            secrets.close();
        });
        closing.await();
        Deadline.await(
                "the close waits or is over",
                LIMIT,
                () -> closer.getState() == Thread.State.WAITING
                        || closer.getState() == Thread.State.TIMED_WAITING
                        || !closer.isAlive());

        answered.countDown();
        closer.join(LIMIT.toMillis());
        reader.join(LIMIT.toMillis());

        assertThat(closer.isAlive()).isFalse();
        assertThat(routes.count("POST auth/token/revoke-self")).isOne();
        assertThat(living).isEmpty();
    }
}
