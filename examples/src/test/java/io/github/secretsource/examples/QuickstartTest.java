package io.github.secretsource.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class QuickstartTest {

    @Test
    void showsTheNewPairWithItsLatencyAndNoSecret() throws Exception {
        var printed = new ByteArrayOutputStream();
        PrintStream before = System.out;
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            Quickstart.main(new String[0]);
        } finally {
            System.setOut(before);
        }

        assertThat(printed.toString(StandardCharsets.UTF_8))
                .contains("file:orders-db#password", "env:PATH", "mem:api-key", "SecretValue[***]")
                .containsPattern("logs in as orders-2, \\d+\\.\\d ms after the rotation")
                .doesNotContain("CANARY");
    }
}
