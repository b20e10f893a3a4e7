package io.github.secretsource.test;

import java.util.ArrayList;
import java.util.List;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * What became of the tests of a class that was run inside of a test.
 *
 * @param passed names of methods
 * @param skipped reasons
 * @param failed names of methods
 * @param problems what the failed ones threw, by position
 */
record Verdict(List<String> passed, List<String> skipped, List<String> failed, List<String> problems) {

    static Verdict on(DiscoverySelector selector) {
        var verdict = new Verdict(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        var request =
                LauncherDiscoveryRequestBuilder.request().selectors(selector).build();
        LauncherFactory.create().execute(request, new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                verdict.note(test, result);
            }
        });
        return verdict;
    }

    private void note(TestIdentifier test, TestExecutionResult result) {
        String name = test.getSource()
                .map(source -> source instanceof MethodSource method ? method.getMethodName() : source.toString())
                .orElse(test.getDisplayName());
        String problem = result.getThrowable().map(String::valueOf).orElse("");
        switch (result.getStatus()) {
            case SUCCESSFUL -> {
                if (test.isTest()) {
                    passed.add(name);
                }
            }
            case ABORTED -> skipped.add(problem);
            case FAILED -> {
                failed.add(name);
                problems.add(problem);
            }
        }
    }
}
