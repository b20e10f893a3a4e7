package io.github.secretsource.test;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.secretsource.SecretAccessException;
import io.github.secretsource.SecretException;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretNotFoundException;
import io.github.secretsource.SecretUnavailableException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.source.InMemorySecrets;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Contracts of sources whose fetch is wrong in one way each. */
final class WrongAnswers {

    private WrongAnswers() {}

    /** What a wrong source answers, given the right one. */
    private interface Fetch {
        @Nullable
        SecretData of(InMemorySecrets mem, SecretId id, FetchContext context);
    }

    private abstract static class Wrong extends MemoryContract {

        private final Fetch fetch;

        Wrong(Fetch fetch) {
            this.fetch = fetch;
        }

        @Override
        protected SecretSource source() {
            return new Spoilt(mem) {
                @Override
                public SecretData fetch(SecretId id, FetchContext context) {
                    return fetch.of(mem, id, context);
                }
            };
        }
    }

    static class NullForMissing extends Wrong {
        NullForMissing() {
            super((mem, id, context) -> {
                try {
                    return mem.fetch(id, context);
                } catch (SecretNotFoundException e) {
                    return null;
                }
            });
        }
    }

    static class EmptyForMissing extends Wrong {
        EmptyForMissing() {
            super((mem, id, context) -> {
                try {
                    return mem.fetch(id, context);
                } catch (SecretNotFoundException e) {
                    return SecretData.of(Map.of());
                }
            });
        }
    }

    static class NullForNotModified extends Wrong {
        NullForNotModified() {
            super((mem, id, context) -> {
                SecretData data = mem.fetch(id, context);
                return data.version().equals(context.knownVersion()) ? null : data;
            });
        }
    }

    static class Cache extends Wrong {
        Cache() {
            super(caching(new ConcurrentHashMap<>()));
        }

        private static Fetch caching(Map<SecretId, SecretData> cache) {
            return (mem, id, context) -> cache.computeIfAbsent(id, absent -> mem.fetch(id, context));
        }
    }

    static class MemoryOfFailures extends Wrong {
        MemoryOfFailures() {
            super(remembering(new ConcurrentHashMap<>()));
        }

        private static Fetch remembering(Map<SecretId, SecretException> failures) {
            return (mem, id, context) -> {
                try {
                    if (failures.containsKey(id)) {
                        throw failures.get(id);
                    }
                    return mem.fetch(id, context);
                } catch (SecretUnavailableException e) {
                    failures.put(id, e);
                    throw e;
                }
            };
        }
    }

    static class DeniedAsNotFound extends Wrong {
        DeniedAsNotFound() {
            super((mem, id, context) -> {
                try {
                    return mem.fetch(id, context);
                } catch (SecretAccessException e) {
                    throw new SecretNotFoundException(id, e.problem(), e.fix());
                }
            });
        }
    }

    static class OutageAsNotFound extends Wrong {
        OutageAsNotFound() {
            super((mem, id, context) -> {
                try {
                    return mem.fetch(id, context);
                } catch (SecretUnavailableException e) {
                    throw new SecretNotFoundException(id, e.problem(), e.fix());
                }
            });
        }
    }

    static class FifthOutcome extends Wrong {
        FifthOutcome() {
            super((mem, id, context) -> {
                try {
                    return mem.fetch(id, context);
                } catch (SecretNotFoundException e) {
                    throw new IllegalArgumentException("no such secret", e);
                }
            });
        }
    }

    static class SneakyChecked extends Wrong {
        SneakyChecked() {
            super((mem, id, context) -> {
                try {
                    return mem.fetch(id, context);
                } catch (SecretUnavailableException e) {
                    throw new Sneaky<RuntimeException>().asUnchecked(new IOException("connection reset"));
                }
            });
        }
    }

    private static final class Sneaky<X extends Exception> {
        @SuppressWarnings("unchecked") // the point of it
        X asUnchecked(Exception e) throws X {
            throw (X) e;
        }
    }

    static class NamelessProblem extends Wrong {
        NamelessProblem() {
            super((mem, id, context) -> {
                try {
                    return mem.fetch(id, context);
                } catch (SecretNotFoundException e) {
                    throw new SecretNotFoundException(SecretId.of("other", "secret"), e.problem(), e.fix());
                }
            });
        }
    }

    static class ValueInMessage extends Wrong {
        ValueInMessage() {
            super((mem, id, context) -> {
                try {
                    return mem.fetch(id, context);
                } catch (SecretNotFoundException e) {
                    SecretId neighbour = SecretId.of(id.source(), SecretSourceContract.NAMES.get(0));
                    String body = mem.fetch(neighbour, context)
                            .fields()
                            .values()
                            .iterator()
                            .next()
                            .reveal();
                    throw new SecretNotFoundException(id, "is not among " + body, "put it");
                }
            });
        }
    }

    static class ValueInLog extends Wrong {
        private static final System.Logger LOGGER = System.getLogger("org.example.wrong");

        ValueInLog() {
            super((mem, id, context) -> {
                SecretData data = mem.fetch(id, context);
                data.fields().forEach((name, value) -> LOGGER.log(System.Logger.Level.TRACE, "got " + value.reveal()));
                return data;
            });
        }
    }

    static class Trimmed extends Wrong {
        Trimmed() {
            super((mem, id, context) -> {
                SecretData data = mem.fetch(id, context);
                var fields = new HashMap<String, SecretValue>();
                data.fields()
                        .forEach((name, value) ->
                                fields.put(name, SecretValue.of(value.reveal().strip())));
                return data.value().isPresent() ? data : SecretData.of(fields);
            });
        }
    }

    static class TornFields extends Wrong {
        TornFields() {
            super((mem, id, context) -> {
                SecretData one = mem.fetch(id, context);
                Promises.pause(Duration.ofMillis(1));
                SecretData other = mem.fetch(id, context);
                return SecretData.of(Map.of(
                        "username", one.fields().get("username"),
                        "password", other.fields().get("password")));
            });
        }
    }

    static class SameVersionAlways extends Wrong {
        SameVersionAlways() {
            super((mem, id, context) -> mem.fetch(id, context).withVersion("1"));
        }
    }

    static class DigestAsVersion extends Wrong {
        DigestAsVersion() {
            super((mem, id, context) -> {
                SecretData data = mem.fetch(id, context);
                return data.withVersion(digest(data.fields().get("password").reveal()));
            });
        }

        private static String digest(String text) {
            try {
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
                return HexFormat.of().formatHex(digest);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    static class CurrentForAnyVersion extends Wrong {
        CurrentForAnyVersion() {
            super((mem, id, context) -> mem.fetch(SecretId.of(id.source(), id.path()), context));
        }
    }
}
