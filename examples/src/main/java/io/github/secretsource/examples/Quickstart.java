package io.github.secretsource.examples;

import io.github.secretsource.Secret;
import io.github.secretsource.SecretValue;
import io.github.secretsource.Secrets;
import io.github.secretsource.source.InMemorySecrets;
import io.github.secretsource.test.KubeletVolume;
import io.github.secretsource.view.UsernamePassword;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Resolves secrets from a mounted volume, the environment and memory, then rotates the volume while a consumer holds a
 * pair from it. With a folder as its argument it follows that mount instead, until interrupted. Prints no secret.
 */
public final class Quickstart {

    private Quickstart() {}

    /**
     * Runs the tour, or follows a mount.
     *
     * @param args nothing, or the folder of a mounted Secret volume
     * @throws Exception if something unforeseen happens
     */
    public static void main(String[] args) throws Exception {
        if (args.length > 0) {
            follow(Path.of(args[0]));
            return;
        }
        Path parent = Files.createTempDirectory("quickstart");
        var volume = KubeletVolume.create(parent.resolve("orders-db"));
        try {
            tour(volume);
        } finally {
            volume.unmount();
            Files.deleteIfExists(parent);
        }
    }

    private static void tour(KubeletVolume volume) throws Exception {
        volume.writeText(pair("orders-1"));
        say("A Secret volume as kubelet lays it out: " + volume.folder());

        var config = Map.of(
                "secrets.source.file.kind", "file",
                "secrets.source.file.mount.orders-db", volume.folder().toString(),
                "secrets.source.env.kind", "env");
        var memory = InMemorySecrets.create();
        memory.put("api-key", random());

        try (Secrets secrets =
                Secrets.builder().config(config).source("mem", memory).build()) {
            for (String ref : List.of("file:orders-db#password", "env:PATH", "mem:api-key")) {
                SecretValue value = secrets.get(ref);
                say(String.format("  %-24s has a value; printed it reads %s", ref, value));
            }
            rotate(secrets, volume);
        }
    }

    private static void rotate(Secrets secrets, KubeletVolume volume) throws Exception {
        record Told(String user, long moment) {}
        var told = new LinkedBlockingQueue<Told>();

        var db = secrets.live("file:orders-db", UsernamePassword::from);
        db.subscribe(pair -> told.add(new Told(pair.username(), System.nanoTime())));
        say("The pool logs in as " + told.take().user() + ". Now the volume rotates …");

        var rotated = new AtomicLong();
        volume.onStep(step -> {
            if (step == KubeletVolume.Step.DATA_SWAPPED) {
                rotated.set(System.nanoTime());
            }
        });
        volume.writeText(pair("orders-2"));
        Told next = told.poll(10, TimeUnit.SECONDS);
        if (next == null) {
            throw new IllegalStateException("no rotation seen within 10 s");
        }
        double millis = Math.max(0, next.moment() - rotated.get()) / 1e6;
        say(String.format("The pool logs in as %s, %.1f ms after the rotation.", next.user(), millis));
    }

    private static void follow(Path folder) throws InterruptedException {
        var config =
                Map.of("secrets.source.file.kind", "file", "secrets.source.file.mount.followed", folder.toString());
        try (Secrets secrets = Secrets.fromConfig(config)) {
            var live = secrets.live("file:followed", secret -> secret);
            live.subscribe(Quickstart::line);
            new CountDownLatch(1).await();
        }
    }

    private static void line(Secret secret) {
        say(LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.MILLIS) + " version " + secret.version()
                + ", fields " + secret.fieldNames());
    }

    private static Map<String, String> pair(String user) {
        return Map.of("username", user, "password", random());
    }

    private static String random() {
        byte[] bytes = new byte[12];
        new SecureRandom().nextBytes(bytes);
        // Marked, so that the search of all output in .ci/run would find one that is printed.
        return "CANARY" + "-" + HexFormat.of().formatHex(bytes);
    }

    private static void say(String line) {
        System.out.println(line);
    }
}
