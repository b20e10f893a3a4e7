package io.github.secretsource.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.secretsource.Diagnosis;
import io.github.secretsource.Permissions;
import io.github.secretsource.SecretId;
import io.github.secretsource.SecretNotFoundException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Subscription;
import io.github.secretsource.spi.FetchContext;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.spi.SourceContext;
import io.github.secretsource.spi.SourceTraits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretSourcesTest {

    private static final SecretId APP = SecretId.of("db", "app");
    private static final SecretId OTHER = SecretId.of("db", "other");

    private final TestContext context = TestContext.real();
    private final InMemorySecrets one = InMemorySecrets.create();
    private final InMemorySecrets two = InMemorySecrets.create();

    @Test
    void passesOnVersionDatesAndLease() {
        var moment = Instant.parse("2030-01-02T00:00:00Z");
        two.put("app", SecretData.of(SecretValue.of("x")).withVersion("v9").withExpiresAt(moment));
        two.lease("app", Duration.ofMinutes(5));

        for (var source : List.of(
                SecretSources.firstOf(one, two),
                SecretSources.failover(one, two),
                SecretSources.mapped(two, path -> path))) {
            var data = source.fetch(APP, context);

            assertThat(data.version()).contains("v9");
            assertThat(data.expiresAt()).contains(moment);
            assertThat(data.lease()).isPresent();
        }
    }

    @Test
    void watchesAllMembersAndStopsThemTogether() {
        var hints = new ArrayList<String>();
        var source = SecretSources.firstOf(new Unwatchable(), one, two);

        var watch = source.watch(APP, () -> hints.add("hint"));
        one.put("app", "x");
        two.put("app", "x");
        assertThat(hints).hasSize(2);
        watch.close();

        one.checkNoWatches();
        two.checkNoWatches();
        assertThatThrownBy(() -> SecretSources.firstOf(new Unwatchable()).watch(APP, () -> {}))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void startsWarmsAndClosesEachMemberOnce() {
        var member = new Recorded();
        var source = SecretSources.failover(
                member, SecretSources.firstOf(member, SecretSources.mapped(member, path -> "x/" + path)), one);

        source.start(context);
        source.warm();
        source.close();

        assertThat(member.calls).containsExactly("start", "warm", "close");
        assertThatThrownBy(() -> one.put("app", "x")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void closesTheOthersWhenOneCannotBeClosed() {
        var member = new Recorded();
        SecretSource stubborn = new Unwatchable();

        assertThatThrownBy(() -> SecretSources.firstOf(stubborn, member).close())
                .hasMessage("will not close");

        assertThat(member.calls).containsExactly("close");
    }

    @Test
    void canDoWhatEveryMemberCan() {
        SecretSource plain = (id, c) -> SecretData.of(SecretValue.of("x"));

        var traits = SecretSources.firstOf(one, EnvironmentVariables.create()).traits();

        assertThat(traits.selectors()).containsExactly(SecretId.Selector.CURRENT);
        assertThat(traits.hintGap()).isEqualTo(Duration.ofSeconds(1));
        assertThat(traits.isLinearizable()).isTrue();
        assertThat(traits.neverRotates()).isFalse();
        assertThat(SecretSources.failover(one, two).traits().isLinearizable()).isFalse();
        assertThat(SecretSources.failover(one, plain).traits().permits()).isEqualTo(32);
        assertThat(SecretSources.failover(EnvironmentVariables.create())
                        .traits()
                        .neverRotates())
                .isTrue();
        assertThat(traits.problemWith(SecretId.of("db", "a/b")))
                .contains("an environment variable has no '/' in its name (member 2, EnvironmentVariables)");
    }

    @Test
    void mappedAsksForAnotherPathAndKeepsTheCallersId() {
        var source = SecretSources.mapped(one, path -> "prod/" + path);
        one.put("prod/app", "x").put("prod/app", "y");

        assertThat(value(source, APP)).isEqualTo("y");
        assertThat(value(source, APP.atVersion("1"))).isEqualTo("x");
        assertThat(value(source, APP.atPrevious())).isEqualTo("x");
        assertThatThrownBy(() -> source.fetch(OTHER, context))
                .isInstanceOf(SecretNotFoundException.class)
                .hasMessageStartingWith("db:other is not in memory (asked for as 'prod/other');");
        var outcomes = source.fetchAll(Set.of(APP, OTHER), context);
        assertThat(reveal(outcomes.get(APP).get())).isEqualTo("y");
        assertThat(outcomes.get(OTHER).problem())
                .hasValueSatisfying(problem -> assertThat(problem.id()).isEqualTo(OTHER));
    }

    @Test
    void namesAMappedMemberByWhatItAsks() {
        var source = SecretSources.firstOf(SecretSources.mapped(one, path -> "prod/" + path));

        assertThatThrownBy(() -> source.fetch(APP, context))
                .hasMessageContaining("(asked for as 'prod/app') (member 1, InMemorySecrets)");
    }

    @Test
    void mappedTakesTwoPathsToTheSameSecret() {
        var source = SecretSources.mapped(one, path -> "shared");
        one.put("shared", "x");

        assertThat(source.fetchAll(Set.of(APP, OTHER), context)).containsOnlyKeys(APP, OTHER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../up", "a b", ""})
    void mappedRefusesPathsThatAreNotLegal(String path) {
        var traits = SecretSources.mapped(one, asked -> path).traits();

        assertThat(traits.problemWith(APP))
                .hasValueSatisfying(
                        problem -> assertThat(problem).startsWith("its path maps to one that is not legal: "));
    }

    @Test
    void mappedAppliesTheRulesOfItsSource() {
        var traits = SecretSources.mapped(EnvironmentVariables.create(), path -> path.replace('/', '_'))
                .traits();

        assertThat(traits.problemWith(SecretId.of("db", "a/b"))).isEmpty();
        assertThat(traits.problemWith(SecretId.of("db", "/a/b"))).isEmpty();
        assertThat(traits.problemWith(SecretId.of("db", "a=b")))
                .hasValueSatisfying(problem -> assertThat(problem).endsWith("(asked for as 'a=b')"));
        assertThat(traits.neverRotates()).isTrue();
    }

    @Test
    void passesOnFindingsAndPermissions() {
        var recorded = new Recorded();
        var source = SecretSources.firstOf(one, SecretSources.mapped(recorded, path -> "prod/" + path));

        assertThat(source.diagnose(Set.of(APP)))
                .singleElement()
                .hasToString("db:app looks odd (asked for as 'prod/app'); look again");
        assertThat(source.leastPrivilege(Set.of(APP)))
                .singleElement()
                .satisfies(needed -> assertThat(needed.document()).isEqualTo("[db:prod/app]"));
    }

    @Test
    void needsMembers() {
        assertThatThrownBy(SecretSources::firstOf).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> SecretSources.failover((SecretSource) null)).isInstanceOf(NullPointerException.class);
    }

    private String value(SecretSource source, SecretId id) {
        return reveal(source.fetch(id, context));
    }

    private static String reveal(SecretData data) {
        return data.value().orElseThrow().reveal();
    }

    private static final class Unwatchable implements SecretSource {

        @Override
        public SecretData fetch(SecretId id, FetchContext context) {
            throw new SecretNotFoundException(id, "is not here", "look elsewhere");
        }

        @Override
        public Subscription watch(SecretId id, Runnable mayHaveChanged) {
            throw new IllegalStateException("no watches left");
        }

        @Override
        public void close() {
            throw new IllegalStateException("will not close");
        }
    }

    private static final class Recorded implements SecretSource {

        private final List<String> calls = new ArrayList<>();

        @Override
        public SecretData fetch(SecretId id, FetchContext context) {
            return SecretData.of(Map.of());
        }

        @Override
        public SourceTraits traits() {
            return SourceTraits.defaults();
        }

        @Override
        public void start(SourceContext context) {
            calls.add("start");
        }

        @Override
        public void warm() {
            calls.add("warm");
        }

        @Override
        public List<Diagnosis> diagnose(Set<SecretId> ids) {
            return ids.stream()
                    .map(id -> Diagnosis.problem(id, "looks odd", "look again"))
                    .toList();
        }

        @Override
        public List<Permissions> leastPrivilege(Set<SecretId> ids) {
            return List.of(Permissions.of("db", "plain", ids.toString()));
        }

        @Override
        public void close() {
            calls.add("close");
        }
    }
}
