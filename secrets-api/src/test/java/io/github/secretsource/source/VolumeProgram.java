package io.github.secretsource.source;

import static io.github.secretsource.source.Fetches.id;

import io.github.secretsource.SecretException;
import io.github.secretsource.spi.SecretData;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;

/** What {@link VolumePrivilegeTest} runs in another JVM: one scene per name, told line by line. */
public final class VolumeProgram {

    private final Path folder;
    private final MountedVolumes volumes;

    private VolumeProgram(Path folder) {
        this.folder = folder;
        this.volumes = MountedVolumes.at(folder);
    }

    /** Plays a scene in a folder. */
    public static void main(String[] arguments) throws Exception {
        var program = new VolumeProgram(Path.of(arguments[1]));
        switch (arguments[0]) {
            case "unreadable" -> program.unreadable();
            case "descriptors" -> program.descriptors();
            case "instances" -> program.instances();
            case "mounts" -> program.mounts();
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private void tell(String path) {
        try {
            SecretData data = volumes.fetch(id(path), TestContext.real());
            System.out.println(path + " rotates=" + data.rotates() + " " + Fetches.fields(data)
                    + data.value().map(value -> value.reveal()).orElse(""));
        } catch (SecretException e) {
            System.out.println(e.getClass().getSimpleName() + " " + e.getMessage());
        }
    }

    private void unreadable() {
        tell("file");
        tell("folder");
        tell("folder/key");
        tell("readable");
    }

    private void descriptors() throws IOException {
        volumes.warm();
        tell("file");
        var open = new ArrayList<FileInputStream>();
        try {
            while (true) {
                open.add(new FileInputStream(folder.resolve("file").toFile()));
            }
        } catch (IOException e) {
            tell("file");
        }
        for (FileInputStream each : open) {
            each.close();
        }
        tell("file");
    }

    private void instances() throws Exception {
        List<WatchService> taken = takeAllInstances();
        var hints = new Hints();
        try (var context = new VolumeContext()) {
            volumes.start(context);
            volumes.watch(id("file"), hints);
            Files.writeString(folder.resolve("file"), "changed");
            context.second();
            System.out.println("took some=" + !taken.isEmpty() + " poll hints=" + (hints.taken() > 0));
            for (WatchService each : taken) {
                each.close();
            }
            context.time.advance(java.time.Duration.ofMinutes(1));
            context.second();
            hints.taken();
            Files.writeString(folder.resolve("file"), "changed again");
            System.out.println("event hints=" + hints.arrive());
        }
    }

    private static List<WatchService> takeAllInstances() {
        var taken = new ArrayList<WatchService>();
        try {
            while (taken.size() < 10_000) {
                taken.add(FileSystems.getDefault().newWatchService());
            }
        } catch (IOException e) {
            // All of them: that is the scene.
        }
        return taken;
    }

    private void mounts() throws Exception {
        var hints = new Hints();
        try (var context = new VolumeContext()) {
            volumes.start(context);
            volumes.watch(id("volume"), hints);
            run("mount", "-t", "tmpfs", "none", folder.resolve("volume").toString());
            Files.createDirectory(folder.resolve("volume/..2026_11_24_08_03_25.1"));
            Files.writeString(folder.resolve("volume/..2026_11_24_08_03_25.1/key"), "mounted");
            Files.createSymbolicLink(folder.resolve("volume/..data"), Path.of("..2026_11_24_08_03_25.1"));
            context.second();
            System.out.println("mount hints=" + (hints.taken() > 0));
            tell("volume");
            run("mount", "--bind", folder + "/volume/..2026_11_24_08_03_25.1/key", folder + "/file");
            tell("file");
            run("umount", folder + "/file");
            run("umount", folder + "/volume");
            context.second();
            System.out.println("umount hints=" + (hints.taken() > 0));
            tell("volume");
            hints.taken();
            Files.writeString(folder.resolve("volume/key"), "under the mount");
            System.out.println("event hints=" + hints.arrive());
        }
    }

    private static void run(String... command) throws Exception {
        int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (exit != 0) {
            throw new IllegalStateException(String.join(" ", command) + " exits with " + exit);
        }
    }
}
