package io.github.secretsource.benchmarks;

import io.github.secretsource.Secrets;
import io.github.secretsource.source.MountedVolumes;
import io.github.secretsource.test.KubeletVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What the first value of a file-only program costs: the time from the start of the process to the byte it writes when
 * it has the value of a mounted secret, against a main that only writes the byte; alternating, medians. Exit 1 if the
 * difference is more than 60 ms.
 */
public final class FirstValue {

    private FirstValue() {}

    /** Does nothing. */
    public static final class Empty {

        private Empty() {}

        /**
         * Runs.
         *
         * @param args none
         */
        public static void main(String[] args) {
            ready();
        }
    }

    private static void ready() {
        System.out.write('.');
        System.out.flush();
    }

    /** Reads one secret and says when it had it. */
    public static final class Reading {

        private Reading() {}

        /**
         * Runs.
         *
         * @param args the folder of the mount
         */
        public static void main(String[] args) {
            var secrets = Secrets.builder()
                    .source(
                            "file",
                            MountedVolumes.builder()
                                    .mount("db", Path.of(args[0]))
                                    .build())
                    .build();
            if (secrets.get("file:db#password").revealBytes().length == 0) {
                throw new IllegalStateException("empty");
            }
            ready();
        }
    }

    /**
     * Runs.
     *
     * @param args the number of runs for each side, 15 by default
     * @throws Exception if something unforeseen happens
     */
    public static void main(String[] args) throws Exception {
        int runs = args.length > 0 ? Integer.parseInt(args[0]) : 15;
        Path folder = Files.createTempDirectory("first-value");
        var volume = KubeletVolume.create(folder.resolve("db"));
        volume.writeText(Map.of("password", "value"));
        double[] empty = new double[runs];
        double[] reading = new double[runs];
        for (int i = -2; i < runs; i++) {
            double e = run(Empty.class.getName());
            double r = run(Reading.class.getName(), volume.folder().toString());
            if (i >= 0) {
                empty[i] = e;
                reading[i] = r;
            }
        }
        volume.unmount();
        Files.deleteIfExists(folder);
        Arrays.sort(empty);
        Arrays.sort(reading);
        double above = reading[runs / 2] - empty[runs / 2];
        System.out.printf(
                "empty main %.0f ms, first value %.0f ms, above %.0f ms (goal: at most 60; medians of %d)%n",
                empty[runs / 2], reading[runs / 2], above, runs);
        System.exit(above <= 60 ? 0 : 1);
    }

    private static double run(String main, String... args) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                main));
        command.addAll(List.of(args));
        long start = System.nanoTime();
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        int first = process.getInputStream().read();
        double took = (System.nanoTime() - start) / 1e6;
        if (first != '.' || !process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IllegalStateException(main + " failed");
        }
        return took;
    }
}
