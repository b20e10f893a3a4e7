package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.secretsource.LeaseStore.What;
import io.github.secretsource.test.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Secrets with one store of leases named {@code s}, on fake time. */
final class LeaseStand implements AutoCloseable {

    static final String APP = "s:app";

    final FakeTime time = FakeTime.create();
    final LeaseStore store;
    final Secrets secrets;
    private final List<SecretEvent> events = new CopyOnWriteArrayList<>();

    LeaseStand(Duration ttl, Duration limit) {
        this(new LeaseStore(ttl, limit), RefreshPolicy.unset());
    }

    LeaseStand(LeaseStore store, RefreshPolicy policy) {
        this.store = store;
        this.secrets = Secrets.builder()
                .time(time)
                .source("s", store, policy)
                .listener(events::add)
                .build();
    }

    LiveSecret<SecretValue> hold() {
        return secrets.live(APP);
    }

    List<LiveSecret<SecretValue>> hold(int count) {
        var handles = new ArrayList<LiveSecret<SecretValue>>();
        for (int i = 0; i < count; i++) {
            handles.add(secrets.live(APP + i));
        }
        return handles;
    }

    static String user(LiveSecret<SecretValue> handle) {
        return handle.get().reveal();
    }

    static SecretException refusal(LiveSecret<?> handle) {
        return catchThrowableOfType(SecretException.class, handle::get);
    }

    /** Uses the credential at the store each step; how often it was let in. */
    void useFor(LiveSecret<SecretValue> handle, Duration span, Duration step) {
        for (Duration done = Duration.ZERO; done.compareTo(span) < 0; done = done.plus(step)) {
            String user = user(handle);
            assertThat(store.accepts(user)).as("%s at %s", user, time).isTrue();
            time.advance(step);
        }
    }

    <E extends SecretEvent> List<E> events(Class<E> kind) {
        time.settle();
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** The seconds at which such calls came. */
    List<Double> seconds(What what) {
        return store.times(what).stream().map(nanos -> nanos / 1e9).toList();
    }

    /** The seconds between one call and the next. */
    static List<Double> gaps(List<Double> seconds) {
        var gaps = new ArrayList<Double>();
        for (int i = 1; i < seconds.size(); i++) {
            gaps.add(seconds.get(i) - seconds.get(i - 1));
        }
        return gaps;
    }

    @Override
    public void close() {
        secrets.close();
    }
}
