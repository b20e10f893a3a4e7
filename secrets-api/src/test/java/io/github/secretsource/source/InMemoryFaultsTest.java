package io.github.secretsource.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.secretsource.SecretAccessException;
import io.github.secretsource.SecretFormatException;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretNotFoundException;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class InMemoryFaultsTest {

    private static final SecretId APP = SecretId.of("mem", "app");

    private final FakeTime time = FakeTime.create();
    private final TestContext context = TestContext.of(time);
    private final InMemorySecrets memory = InMemorySecrets.create();

    InMemoryFaultsTest() {
        memory.start(context);
    }

    @Test
    void failsAsScripted() {
        memory.put("app", "one").put("other", "x");

        memory.deny("app");
        assertThatThrownBy(() -> fetch(APP)).isInstanceOf(SecretAccessException.class);
        memory.fail("app");
        assertThatThrownBy(() -> fetch(APP)).isInstanceOf(SecretUnavailableException.class);
        memory.corrupt("app");
        assertThatThrownBy(() -> fetch(APP)).isInstanceOf(SecretFormatException.class);
        memory.throttle("app", Duration.ofSeconds(7));
        assertThat(catchThrowableOfType(SecretUnavailableException.class, () -> fetch(APP))
                        .retryAfter())
                .contains(Duration.ofSeconds(7));

        assertThat(value(SecretId.of("mem", "other"))).isEqualTo("x");
        memory.recover("app");
        assertThat(value(APP)).isEqualTo("one");
        memory.deny("app");
        memory.allow("app");
        assertThat(value(APP)).isEqualTo("one");
    }

    @Test
    void isDownAsAWholeUntilItRecovers() {
        memory.put("app", "one");

        memory.failAll();

        assertThatThrownBy(() -> fetch(APP)).isInstanceOf(SecretUnavailableException.class);
        assertThatThrownBy(() -> memory.fetchAll(Set.of(APP), context)).isInstanceOf(SecretUnavailableException.class);
        memory.recoverAll();
        assertThat(value(APP)).isEqualTo("one");
    }

    @Test
    void deniesUntilSomebodyLogsInAnew() {
        memory.put("app", "one");
        memory.endLogin();

        assertThatThrownBy(() -> fetch(APP)).isInstanceOf(SecretAccessException.class);

        assertThat(memory.fetch(APP, context.withFreshLogin()).value()).isPresent();
        assertThat(value(APP)).isEqualTo("one");
    }

    @Test
    void takesItsTimeOnTheTimeline() throws Exception {
        memory.put("app", "one");
        memory.delay("app", Duration.ofSeconds(2));
        var fetch = inBackground();

        time.advance(Duration.ofSeconds(1));
        assertThat(fetch.isDone()).isFalse();
        time.advance(Duration.ofSeconds(1));

        assertThat(reveal(fetch.get())).isEqualTo("one");
        assertThatThrownBy(() -> memory.delay("app", Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void hangsUntilItRecovers() throws Exception {
        memory.put("app", "one");
        memory.hang("app");
        var fetch = inBackground();

        time.advance(Duration.ofDays(1));
        assertThat(fetch.isDone()).isFalse();
        memory.recover("app");

        assertThat(reveal(fetch.get())).isEqualTo("one");
    }

    @Test
    void endsAHungCallByAnInterruptUnlessItIsDeaf() throws Exception {
        memory.put("app", "one").put("deaf", "two");
        memory.hang("app");
        memory.hangDeaf("deaf");

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> fetch(APP)).isInstanceOf(SecretUnavailableException.class);
        assertThat(Thread.interrupted()).isTrue();

        var flag = new ArrayList<Boolean>();
        var fetch = new FutureTask<SecretData>(() -> {
            Thread.currentThread().interrupt();
            var data = fetch(SecretId.of("mem", "deaf"));
            flag.add(Thread.interrupted());
            return data;
        });
        run(fetch);
        memory.recover("deaf");

        assertThat(reveal(fetch.get())).isEqualTo("two");
        assertThat(flag).containsExactly(true);
    }

    @Test
    void mintsRenewsAndRevokesLeasesAndCountsThem() {
        memory.put("app", "one");
        memory.lease("app", Duration.ofMinutes(10));

        var first = fetch(APP).lease().orElseThrow();
        var second = fetch(APP).lease().orElseThrow();
        memory.lease("app", Duration.ofMinutes(1));
        var renewed = first.renew(context);
        second.revoke(context);
        second.revoke(context);

        assertThat(first.id()).isNotEqualTo(second.id());
        assertThat(first.ttl()).isEqualTo(Duration.ofMinutes(10));
        assertThat(renewed.ttl()).isEqualTo(Duration.ofMinutes(1));
        assertThat(renewed.id()).isEqualTo(first.id());
        assertThat(memory.leases()).isEqualTo(new LeaseCounts(2, 1, 1));
        assertThatThrownBy(() -> second.renew(context)).isInstanceOf(SecretNotFoundException.class);
        memory.fail("app");
        assertThatThrownBy(() -> first.renew(context)).isInstanceOf(SecretUnavailableException.class);
    }

    @Test
    void mintsLeasesThatCannotBeRenewed() {
        memory.put("app", "one");
        memory.fixedLease("app", Duration.ofMinutes(1));

        var lease = fetch(APP).lease().orElseThrow();

        assertThat(lease.renewable()).isFalse();
        assertThatThrownBy(() -> lease.renew(context)).isInstanceOf(SecretNotFoundException.class);
    }

    @Test
    void refusesEverythingAfterClose() throws Exception {
        memory.put("app", "one");
        memory.lease("app", Duration.ofMinutes(1));
        var lease = fetch(APP).lease().orElseThrow();
        memory.hang("app");
        var hung = inBackground();

        memory.close();
        memory.close();

        assertThatThrownBy(hung::get).hasCauseInstanceOf(IllegalStateException.class);
        assertThat(List.<Runnable>of(
                        () -> fetch(APP),
                        () -> memory.put("app", "x"),
                        () -> memory.fail("app"),
                        () -> memory.watch(APP, () -> {}),
                        () -> lease.renew(context),
                        () -> memory.fetchAll(Set.of(APP), context)))
                .allSatisfy(call -> assertThatThrownBy(call::run).isInstanceOf(IllegalStateException.class));
        assertThat(memory.fetches("app")).isEqualTo(2);
    }

    private FutureTask<SecretData> inBackground() {
        var fetch = new FutureTask<>(() -> fetch(APP));
        run(fetch);
        return fetch;
    }

    /** Runs a task on a thread that the fake time counts, up to where it waits. */
    private void run(FutureTask<?> task) {
        var thread = new Thread(time.tracked(task), "test-fetch");
        thread.setDaemon(true);
        thread.start();
        time.settle();
    }

    private SecretData fetch(SecretId id) {
        return memory.fetch(id, context);
    }

    private String value(SecretId id) {
        return reveal(fetch(id));
    }

    private static String reveal(SecretData data) {
        return data.value().orElseThrow().reveal();
    }
}
