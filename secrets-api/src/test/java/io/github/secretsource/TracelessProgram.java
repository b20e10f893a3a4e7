package io.github.secretsource;

import io.github.secretsource.source.InMemorySecrets;
import io.github.secretsource.source.MountedVolumes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A program that reads, follows, diagnoses and closes: what could leave a file behind. */
final class TracelessProgram {

    private TracelessProgram() {}

    /** Takes the folder of a secret with a key {@code password}. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path folder = Path.of(arguments[0]);
        var rotated = new CountDownLatch(2);
        try (Secrets secrets = Secrets.builder()
                .source("file", MountedVolumes.builder().mount("db", folder).build())
                .source("mem", InMemorySecrets.create().put("app", "one"))
                .listener(event -> {})
                .build()) {
            LiveSecret<String> live = secrets.live("file:db#password", Secret::version);
            live.subscribe(version -> rotated.countDown());
            rotate(folder.resolve("password"));
            boolean seen = rotated.await(20, TimeUnit.SECONDS);
            String diagnosis = secrets.diagnose(List.of("file:db#pasword")).toString();
            boolean read = secrets.get("mem:app").reveal().equals("one");
            System.out.println("rotated: " + seen + "; read: " + read + "; diagnosed: " + !diagnosis.isEmpty());
        }
    }

    private static void rotate(Path file) throws IOException {
        Path next = file.resolveSibling("next");
        Files.writeString(next, "two");
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
