package io.github.secretsource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SourceContext;
import io.github.secretsource.test.Canary;
import io.github.secretsource.test.FakeTime;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** I8: everything that a run lets out, searched for the values it handled. */
class NothingLeaksTest {

    private final Canary canary = Canary.next();
    private final FakeTime time = FakeTime.create();
    private final List<Object> letOut = new CopyOnWriteArrayList<>();
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final PrintStream out = System.out;
    private final PrintStream err = System.err;
    private CapturedLog log;

    @BeforeEach
    void capture() {
        var both = new PrintStream(printed, true, StandardCharsets.UTF_8);
        System.setOut(both);
        System.setErr(both);
        log = CapturedLog.ofEverything();
    }

    @AfterEach
    void release() {
        log.close();
        System.setOut(out);
        System.setErr(err);
    }

    /** A source written without care: every exception of it holds the value. */
    private final class Careless implements SecretSource {

        private volatile boolean fails;

        @Override
        public void start(SourceContext context) {
            context.executor().execute(() -> fail("task"));
            Subscription unused = context.every(Duration.ofMinutes(1), () -> {
                throw new AssertionError("every minute " + canary.value());
            });
        }

        @Override
        public SecretData fetch(SecretId id, FetchContext context) {
            if (fails) {
                throw fail("fetch");
            }
            return SecretData.of(SecretValue.of(canary.value() + time.nanos())).withVersion("v" + time.nanos());
        }

        @Override
        public Subscription watch(SecretId id, Runnable mayHaveChanged) {
            if (id.path().equals("unwatched")) {
                throw fail("watch");
            }
            return () -> fail("unwatch");
        }

        private IllegalStateException fail(String where) {
            throw new IllegalStateException(where + canary.value(), new Exception(canary.value()));
        }

        @Override
        public void close() {
            throw fail("close");
        }
    }

    @Test
    @DisplayName("L1 L7 L22 nothing a run logs, prints, throws or tells holds a value")
    void aWholeRunLeaksNothing() {
        var source = new Careless();
        Secrets secrets = Secrets.builder()
                .time(time)
                .source("mem", source)
                .listener(letOut::add)
                .listener(event -> {
                    throw new IllegalStateException(canary.value());
                })
                .build();
        LiveSecret<SecretValue> live = secrets.live("mem:app");
        LiveSecret<Integer> failing = secrets.liveLater("mem:app", NothingLeaksTest::number);
        LiveSecret<SecretValue> unwatched = secrets.live("mem:unwatched");
        live.subscribe(value -> {
            if (Thread.currentThread().getName().startsWith("secretsource-")) {
                throw new IllegalStateException(value.reveal());
            }
        });
        letOut.add(thrownBy(() -> secrets.live("mem:app", NothingLeaksTest::number)));
        letOut.add(thrownBy(() -> secrets.get("mem:app#field")));
        letOut.add(thrownBy(() -> secrets.get("mem:app?encoding=hex")));
        letOut.add(thrownBy(failing::get));

        time.advance(Duration.ofMinutes(20));
        source.fails = true;
        time.advance(Duration.ofMinutes(20));
        letOut.addAll(secrets.statuses());
        letOut.addAll(List.of(failing.status(), live.status(), secrets.health(), secrets, live, unwatched));
        time.advance(Duration.ofHours(3));
        letOut.addAll(List.of(thrownBy(live::get), thrownBy(() -> secrets.get("mem:cold")), secrets.health()));
        Thread.getAllStackTraces().forEach((thread, stack) -> letOut.add(thread + " " + List.of(stack)));
        secrets.close();
        letOut.add(thrownBy(live::get));

        assertThat(log.warnings()).hasSizeGreaterThan(4);
        assertThat(canary.findIn(log.text())).as("log").isEmpty();
        assertThat(canary.findIn(printed.toString(StandardCharsets.UTF_8)))
                .as("printed")
                .isEmpty();
        for (Object one : letOut) {
            assertThat(canary.findIn(one.toString()))
                    .as(one.getClass().getName())
                    .isEmpty();
        }
    }

    @Test
    @DisplayName("L18 after close nothing of ours that an application still has leads to a value")
    void keepsNoValueAfterClose() {
        HintingSource source = HintingSource.local().put("app", "zero");
        var policy = RefreshPolicy.unset().withKeepPrevious(Duration.ofHours(1));
        Secrets secrets = Secrets.builder()
                .time(time)
                .policy(policy)
                .source("mem", source)
                .build();
        LiveSecret<String> live =
                secrets.live("mem:app", secret -> secret.value().reveal());
        var kept = new ArrayList<Object>(List.of(secrets, live, live.subscribe(value -> {})));
        LiveSecret<SecretValue> closedBefore = secrets.live("mem:app");
        source.rotate("app", canary.value());
        time.advance(Duration.ofSeconds(1));
        assertThat(reaches(live, canary)).as("while it is open").isTrue();

        closedBefore.close();
        assertThat(valueOf(closedBefore)).isNull();
        secrets.close();
        source.remove("app").put("app", "another");

        for (Object one : kept) {
            assertThat(reaches(one, canary)).as(one.toString()).isFalse();
        }
    }

    private static Object valueOf(LiveSecret<?> handle) {
        return handle.shown.held();
    }

    private static int number(Secret secret) {
        return Integer.parseInt(secret.value().reveal());
    }

    private static String thrownBy(Runnable failing) {
        Throwable thrown = catchThrowable(failing::run);
        assertThat(thrown).isNotNull();
        return TestSecrets.printed(thrown);
    }

    /** Whether a value is found by following fields, as whoever looks at a heap dump does. */
    private static boolean reaches(Object from, Canary canary) {
        var seen = Collections.newSetFromMap(new IdentityHashMap<Object, Boolean>());
        Deque<Object> open = new ArrayDeque<>(List.of(from));
        while (!open.isEmpty()) {
            Object next = open.remove();
            if (!seen.add(next)) {
                continue;
            }
            if (next instanceof CharSequence text && canary.findIn(text).isPresent()) {
                return true;
            }
            if (next instanceof byte[] bytes
                    && canary.findIn(new String(bytes, StandardCharsets.ISO_8859_1))
                            .isPresent()) {
                return true;
            }
            open.addAll(partsOf(next));
        }
        return false;
    }

    private static List<Object> partsOf(Object whole) {
        var parts = new ArrayList<Object>();
        if (whole instanceof Collection<?> many) {
            many.stream().filter(Objects::nonNull).forEach(parts::add);
        } else if (whole instanceof Map<?, ?> map) {
            parts.addAll(partsOf(map.values()));
        } else if (whole instanceof Object[] array) {
            Stream.of(array).filter(Objects::nonNull).forEach(parts::add);
        } else if (whole instanceof AtomicReference<?> reference) {
            Optional.ofNullable(reference.get()).ifPresent(parts::add);
        } else if (whole instanceof Optional<?> optional) {
            optional.ifPresent(parts::add);
        } else if (whole.getClass().getName().startsWith("io.github.secretsource.")) {
            for (Class<?> type = whole.getClass(); type != null; type = type.getSuperclass()) {
                for (Field field : type.getDeclaredFields()) {
                    add(parts, whole, field);
                }
            }
        }
        return parts;
    }

    private static void add(List<Object> parts, Object whole, Field field) {
        if (Modifier.isStatic(field.getModifiers()) || field.getType().isPrimitive()) {
            return;
        }
        try {
            field.setAccessible(true);
            Object part = field.get(whole);
            if (part != null) {
                parts.add(part);
            }
        } catch (IllegalAccessException | RuntimeException e) {
            // A field of the platform, behind which there is nothing of ours.
        }
    }
}
