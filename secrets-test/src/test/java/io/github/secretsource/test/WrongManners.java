package io.github.secretsource.test;

import io.github.secretsource.Outcome;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretNotFoundException;
import io.github.secretsource.Subscription;
import io.github.secretsource.Timeline;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.Lease;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SourceContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/** Contracts of sources that answer rightly and behave wrongly, in one way each. */
final class WrongManners {

    private WrongManners() {}

    private abstract static class Wrong extends MemoryContract {

        abstract SecretSource spoilt();

        @Override
        protected SecretSource source() {
            return spoilt();
        }

        @Override
        protected Duration hintBound() {
            return Duration.ofMillis(300);
        }
    }

    static class DeafCalls extends MemoryContract {
        @Override
        protected void hang(String name) {
            mem.hangDeaf(name);
        }
    }

    static class HintsAfterClose extends Wrong {
        @Override
        SecretSource spoilt() {
            return new Spoilt(mem) {
                @Override
                public Subscription watch(SecretId id, Runnable mayHaveChanged) {
                    good.watch(id, mayHaveChanged);
                    return () -> {};
                }
            };
        }
    }

    static class SilentWatch extends Wrong {
        @Override
        SecretSource spoilt() {
            return new Spoilt(mem) {
                @Override
                public Subscription watch(SecretId id, Runnable mayHaveChanged) {
                    return () -> {};
                }
            };
        }
    }

    static class OneHintOnly extends Wrong {
        @Override
        SecretSource spoilt() {
            return new Spoilt(mem) {
                @Override
                public Subscription watch(SecretId id, Runnable mayHaveChanged) {
                    var hinted = new AtomicBoolean();
                    return good.watch(id, () -> {
                        if (hinted.compareAndSet(false, true)) {
                            mayHaveChanged.run();
                        }
                    });
                }
            };
        }
    }

    static class SharedState extends Wrong {
        @Override
        SecretSource spoilt() {
            return new Spoilt(mem) {
                private volatile SecretId asked = id(NAMES.get(0));

                @Override
                public SecretData fetch(SecretId id, FetchContext context) {
                    asked = id;
                    Promises.pause(Duration.ofMillis(1));
                    return good.fetch(asked, context);
                }
            };
        }
    }

    static class NotFoundForLeftOut extends Wrong {
        @Override
        SecretSource spoilt() {
            return new Spoilt(mem) {
                @Override
                public Map<SecretId, Outcome<SecretData>> fetchAll(Set<SecretId> ids, FetchContext context) {
                    var outcomes = new HashMap<SecretId, Outcome<SecretData>>();
                    for (SecretId id : ids) {
                        var left = new SecretNotFoundException(id, "was not in the answer", "put it");
                        outcomes.put(
                                id,
                                outcomes.isEmpty()
                                        ? good.fetchAll(Set.of(id), context).get(id)
                                        : Outcome.failed(left));
                    }
                    return outcomes;
                }
            };
        }
    }

    static class UnaskedInBatch extends Wrong {
        @Override
        SecretSource spoilt() {
            return new Spoilt(mem) {
                @Override
                public Map<SecretId, Outcome<SecretData>> fetchAll(Set<SecretId> ids, FetchContext context) {
                    var outcomes = new HashMap<>(good.fetchAll(ids, context));
                    SecretId unasked = id(NAMES.get(2));
                    outcomes.put(unasked, Outcome.of(SecretData.of(Map.of())));
                    return outcomes;
                }
            };
        }
    }

    /** One lease for everybody. */
    private record SameLease(Lease good) implements Lease {
        @Override
        public String id() {
            return "lease";
        }

        @Override
        public Duration ttl() {
            return good.ttl();
        }

        @Override
        public boolean renewable() {
            return good.renewable();
        }

        @Override
        public Lease renew(FetchContext context) {
            return this;
        }

        @Override
        public void revoke(FetchContext context) {}
    }

    static class OneLeaseForAll extends Wrong {
        @Override
        SecretSource spoilt() {
            return new Spoilt(mem) {
                @Override
                public SecretData fetch(SecretId id, FetchContext context) {
                    SecretData data = good.fetch(id, context);
                    return data.lease()
                            .map(lease -> data.withLease(new SameLease(lease)))
                            .orElse(data);
                }
            };
        }
    }

    static class OwnThread extends Wrong {
        private static final Duration LINGERS = Duration.ofSeconds(8);

        @Override
        SecretSource spoilt() {
            return new Spoilt(mem) {
                @Override
                public void start(SourceContext context) {
                    good.start(context);
                    var poller = new Thread(() -> Promises.pause(LINGERS), "wrong-poller");
                    poller.setDaemon(true);
                    poller.start();
                }
            };
        }
    }

    static class DeafWork extends Wrong {
        @Override
        SecretSource spoilt() {
            return new Spoilt(mem) {
                @Override
                public void start(SourceContext context) {
                    good.start(context);
                    long end = Timeline.system().after(Duration.ofSeconds(8));
                    context.executor().execute(() -> {
                        while (Timeline.system().nanos() - end < 0) {
                            Thread.onSpinWait();
                        }
                    });
                }
            };
        }
    }

    static class ReadsAtStart extends Wrong {
        @Override
        SecretSource spoilt() {
            return new Spoilt(mem) {
                @Override
                public void start(SourceContext context) {
                    good.start(context);
                    good.fetch(id(NAMES.get(0)), FetchCall.usual());
                }
            };
        }
    }

    static class ClosesOnce extends Wrong {
        @Override
        SecretSource spoilt() {
            return new Spoilt(mem) {
                private final AtomicBoolean closed = new AtomicBoolean();

                @Override
                public void close() {
                    if (!closed.compareAndSet(false, true)) {
                        throw new IllegalStateException("closed already");
                    }
                    good.close();
                }
            };
        }
    }

    static class ValueInItself extends Wrong {
        @Override
        SecretSource spoilt() {
            return new Spoilt(mem) {
                private volatile String last = "nothing";

                @Override
                public SecretData fetch(SecretId id, FetchContext context) {
                    SecretData data = good.fetch(id, context);
                    last = Promises.texts(data).toString();
                    return data;
                }

                @Override
                public String toString() {
                    return "Wrong[" + last + "]";
                }
            };
        }
    }
}
