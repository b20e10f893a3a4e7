package io.github.secretsource.source;

import static io.github.secretsource.source.Fetches.settled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What only another user, a lower limit or a mount of one's own shows; each needs root, and says so where it is not. */
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class VolumePrivilegeTest {

    @TempDir
    Path temp;

    private Path folder;

    @BeforeEach
    void prepare() throws Exception {
        everybodyMay(temp, "rwxr-xr-x");
        folder = Files.createDirectory(temp.resolve("folder"));
        everybodyMay(folder, "rwxr-xr-x");
        everybodyMay(settled(folder.resolve("file"), "content"), "rw-rw-rw-");
    }

    private static void everybodyMay(Path path, String mode) throws Exception {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private String play(String scene, String... command) throws Exception {
        assumeTrue(ChildProcess.canRun(command), () -> "cannot run " + String.join(" ", command) + " here");
        return ChildProcess.run(temp, List.of(command), VolumeProgram.class, scene, folder.toString());
    }

    /** A user of our own, so that nobody else's limits are touched. */
    private static String[] asSomebody() {
        String user = Integer.toString(ThreadLocalRandom.current().nextInt(70_000, 900_000));
        return new String[] {"setpriv", "--reuid", user, "--regid", user, "--clear-groups"};
    }

    @Test
    @DisplayName("F33 what this user may not read is denied, not missing")
    void unreadableFilesAreDenied() throws Exception {
        everybodyMay(folder.resolve("file"), "---------");
        everybodyMay(settled(folder.resolve("readable"), "content"), "r--r--r--");
        settled(folder.resolve("folder/key"), "content");
        everybodyMay(folder.resolve("folder"), "---------");

        var lines = play("unreadable", asSomebody()).lines().toList();

        assertThat(lines).hasSize(4);
        assertThat(lines.subList(0, 3)).allMatch(line -> line.startsWith("SecretAccessException file:"));
        assertThat(lines.get(0)).contains("'file' denies it to this user", "securityContext.fsGroup");
        assertThat(lines.get(3)).isEqualTo("readable rotates=true {}content");
    }

    @Test
    @DisplayName("F40 without a descriptor left a fetch is unavailable, and works again with the next free one")
    void runsOutOfDescriptors() throws Exception {
        var lines = play("descriptors", "prlimit", "--nofile=64").lines().toList();

        assertThat(lines).hasSize(3);
        assertThat(lines.get(0)).isEqualTo("file rotates=true {}content");
        assertThat(lines.get(1))
                .startsWith("SecretUnavailableException file:file cannot be read now: FileSystemException");
        assertThat(lines.get(2)).isEqualTo("file rotates=true {}content");
    }

    @Test
    @DisplayName("F36 with all inotify instances of the user taken the poll finds changes, and events come back later")
    void runsOutOfInotifyInstances() throws Exception {
        var printed = play("instances", asSomebody());

        assertThat(printed)
                .containsOnlyOnce("fs.inotify.max_user_instances")
                .contains("took some=true poll hints=true")
                .contains("event hints=true");
    }

    @Test
    @DisplayName("F35 a volume is noticed when it is mounted and unmounted, and a subPath mount is known for one")
    void mountsAndUnmounts() throws Exception {
        Files.createDirectory(folder.resolve("volume"));

        var lines = play("mounts", "unshare", "--mount").lines().toList();

        assertThat(lines).hasSize(6);
        assertThat(lines.get(0)).isEqualTo("mount hints=true");
        assertThat(lines.get(1)).isEqualTo("volume rotates=true {key=mounted}");
        assertThat(lines.get(2)).isEqualTo("file rotates=false {}mounted");
        assertThat(lines.get(3)).isEqualTo("umount hints=true");
        assertThat(lines.get(4)).startsWith("SecretNotFoundException file:volume is empty");
        assertThat(lines.get(5)).isEqualTo("event hints=true");
    }
}
