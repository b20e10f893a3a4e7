package io.github.secretsource.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectNestedMethod;

import io.github.secretsource.SecretId;
import io.github.secretsource.SecretNotFoundException;
import io.github.secretsource.SecretValue;
import io.github.secretsource.spi.SecretData;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.test.SecretSourceContract.Absence;
import io.github.secretsource.test.SecretSourceContract.Batches;
import io.github.secretsource.test.SecretSourceContract.Closing;
import io.github.secretsource.test.SecretSourceContract.Concurrency;
import io.github.secretsource.test.SecretSourceContract.Denial;
import io.github.secretsource.test.SecretSourceContract.Leaks;
import io.github.secretsource.test.SecretSourceContract.Leases;
import io.github.secretsource.test.SecretSourceContract.Outage;
import io.github.secretsource.test.SecretSourceContract.Reading;
import io.github.secretsource.test.SecretSourceContract.ThroughSecrets;
import io.github.secretsource.test.SecretSourceContract.Versions;
import io.github.secretsource.test.SecretSourceContract.Watching;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The kit itself: wrong sources fail where they are wrong, and what does not apply is skipped with its reason. */
class SecretSourceContractTest {

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void failsAWrongSource(Class<?> contract, Class<?> group, String promise) {
        var verdict = Verdict.on(selectNestedMethod(List.of(contract), group, promise));

        assertThat(verdict.failed()).as("%s", verdict).containsExactly(promise);
    }

    static Stream<Arguments> failsAWrongSource() {
        return Stream.of(
                Arguments.of(WrongAnswers.NullForMissing.class, Absence.class, "missingIsNotFound"),
                Arguments.of(WrongAnswers.EmptyForMissing.class, Absence.class, "missingIsNotFound"),
                Arguments.of(WrongAnswers.FifthOutcome.class, Absence.class, "missingIsNotFound"),
                Arguments.of(WrongAnswers.NamelessProblem.class, Absence.class, "missingIsNotFound"),
                Arguments.of(WrongAnswers.NullForNotModified.class, Reading.class, "answersInFullWhateverIsKnown"),
                Arguments.of(WrongAnswers.Cache.class, Reading.class, "asksTheStoreEachTime"),
                Arguments.of(WrongAnswers.Trimmed.class, Reading.class, "leavesTextUntouched"),
                Arguments.of(WrongAnswers.MemoryOfFailures.class, Outage.class, "recoversAtOnce"),
                Arguments.of(WrongAnswers.OutageAsNotFound.class, Outage.class, "outageIsUnavailable"),
                Arguments.of(WrongAnswers.SneakyChecked.class, Outage.class, "outageIsUnavailable"),
                Arguments.of(WrongManners.DeafCalls.class, Outage.class, "keepsTheDeadline"),
                Arguments.of(WrongManners.ReadsAtStart.class, Outage.class, "startsDuringAnOutage"),
                Arguments.of(WrongAnswers.DeniedAsNotFound.class, Denial.class, "deniedIsAccess"),
                Arguments.of(WrongAnswers.ValueInMessage.class, Leaks.class, "missingSecretsTellNothing"),
                Arguments.of(WrongAnswers.ValueInLog.class, Leaks.class, "readsLeaveNoTrace"),
                Arguments.of(WrongManners.ValueInItself.class, Leaks.class, "nothingPrintsIt"),
                Arguments.of(WrongAnswers.SameVersionAlways.class, Versions.class, "versionChanges"),
                Arguments.of(WrongAnswers.DigestAsVersion.class, Versions.class, "versionTellsNothing"),
                Arguments.of(WrongAnswers.CurrentForAnyVersion.class, Versions.class, "unknownVersionIsNotFound"),
                Arguments.of(WrongAnswers.TornFields.class, Concurrency.class, "fieldsAreNeverTorn"),
                Arguments.of(WrongManners.SharedState.class, Concurrency.class, "fetchesDoNotMix"),
                Arguments.of(WrongManners.HintsAfterClose.class, Watching.class, "closedWatchesAreSilent"),
                Arguments.of(WrongManners.SilentWatch.class, Watching.class, "tellsOfARotation"),
                Arguments.of(WrongManners.OneHintOnly.class, Watching.class, "goesOnTelling"),
                Arguments.of(WrongManners.NotFoundForLeftOut.class, Batches.class, "takesAFullBatch"),
                Arguments.of(WrongManners.UnaskedInBatch.class, Batches.class, "answersAsSingleFetchesDo"),
                Arguments.of(WrongManners.OneLeaseForAll.class, Leases.class, "eachFetchHasItsOwn"),
                Arguments.of(WrongManners.OwnThread.class, Closing.class, "threadsEnd"),
                Arguments.of(WrongManners.DeafWork.class, Closing.class, "threadsEnd"),
                Arguments.of(WrongManners.ClosesOnce.class, Closing.class, "closesTwice"),
                Arguments.of(WrongAnswers.DeniedAsNotFound.class, ThroughSecrets.class, "deniesTheSecret"));
    }

    /** A source of one lambda, with a test that can do nothing but put. */
    static class Plainest extends SecretSourceContract {

        private final Map<SecretId, SecretData> held = new ConcurrentHashMap<>();

        @Override
        protected SecretSource source() {
            return (id, context) -> {
                SecretData data = held.get(id);
                if (data == null) {
                    throw new SecretNotFoundException(id, "is not in the map", "put it");
                }
                return data;
            };
        }

        @Override
        protected void put(String name, Map<String, String> fields) {
            var values = new HashMap<String, SecretValue>();
            fields.forEach((field, text) -> values.put(field, SecretValue.of(text)));
            held.put(id(name), SecretData.of(values));
        }
    }

    @Test
    void skipsWithAReasonWhatDoesNotApply() {
        var verdict = Verdict.on(selectClass(Plainest.class));

        assertThat(verdict.failed()).as("%s", verdict).isEmpty();
        assertThat(verdict.skipped()).hasSizeGreaterThan(20).allMatch(reason -> reason.contains("not applicable: "));
    }
}
