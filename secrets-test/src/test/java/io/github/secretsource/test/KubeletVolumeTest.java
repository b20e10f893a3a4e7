package io.github.secretsource.test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.secretsource.test.KubeletVolume.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class KubeletVolumeTest {
    private final Path temp;
    private final KubeletVolume volume;

    KubeletVolumeTest(@TempDir Path temp) throws IOException {
        this.temp = temp;
        this.volume = KubeletVolume.create(temp.resolve("payment"));
    }

    @Test
    void laysFilesOutAsKubeletDoes() throws IOException {
        volume.writeText(Map.of("password", "hunter2", "tls/key.pem", "key", "tls/ca/root.pem", "root", ".hidden", ""));

        var timestamped = volume.dataDirectory().getFileName().toString();
        assertTrue(timestamped.matches("\\.\\.\\d{4}_\\d\\d_\\d\\d_\\d\\d_\\d\\d_\\d\\d\\.\\d{1,10}"), timestamped);
        assertEquals("""
            ..data -> TIME
            .hidden -> ..data/.hidden
            TIME drwxr-xr-x
            TIME/.hidden -rw-r--r-- []
            TIME/password -rw-r--r-- [hunter2]
            TIME/tls drwxr-xr-x
            TIME/tls/ca drwxr-xr-x
            TIME/tls/ca/root.pem -rw-r--r-- [root]
            TIME/tls/key.pem -rw-r--r-- [key]
            password -> ..data/password
            tls -> ..data/tls
            """, layout(timestamped));
    }

    @Test
    void writesNothingWhenTheContentIsUnchanged() throws IOException {
        assertTrue(volume.writeText(Map.of("user", "app", "tls/key", "1")));
        var before = inodes();

        assertFalse(volume.writeText(Map.of("user", "app", "tls//key", "1")));

        assertEquals(before, inodes());
    }

    @Test
    void writesAnEmptyVolumeOnce() throws IOException {
        assertTrue(volume.write(Map.of()));
        assertFalse(volume.write(Map.of()));

        assertEquals(List.of("..TIME", "..data"), names());
    }

    @Test
    void makesMissingLinksAgainEvenWhenTheContentIsUnchanged() throws IOException {
        volume.writeText(Map.of("user", "app"));
        Files.delete(volume.folder().resolve("user"));

        assertFalse(volume.writeText(Map.of("user", "app")));

        assertEquals("app", read("user"));
    }

    @Test
    void replacesTheTimestampedDirectory() throws IOException {
        volume.writeText(Map.of("user", "app"));
        var old = volume.dataDirectory();

        assertTrue(volume.writeText(Map.of("user", "app2")));

        assertFalse(Files.exists(old));
        assertEquals("app2", read("user"));
        assertEquals(List.of("..TIME", "..data", "user"), names());
    }

    @Test
    void removesNamesThatAreGone() throws IOException {
        volume.writeText(Map.of("user", "app", "password", "1", "tls/key", "k", "tls/ca", "c", "old/key", "o"));

        assertTrue(volume.writeText(Map.of("user", "app", "tls/ca", "c")));

        assertEquals(List.of("..TIME", "..data", "tls", "user"), names());
        assertFalse(Files.exists(volume.folder().resolve("tls/key")));
    }

    @Test
    void reportsEachStepOnceDone() throws IOException {
        volume.writeText(Map.of("user", "old", "gone", "x"));
        var seen = new EnumMap<Step, String>(Step.class);
        volume.onStep(step -> seen.put(step, String.join(" ", userThroughData(), linkNames())));

        volume.writeText(Map.of("user", "new", "fresh", "y"));

        assertEquals(
                Map.of(
                        Step.DIRECTORY_CREATED, "old gone user",
                        Step.FILES_WRITTEN, "old gone user",
                        Step.NEXT_LINK_CREATED, "old ..data_tmp gone user",
                        Step.DATA_SWAPPED, "new gone user",
                        Step.NEW_NAMES_LINKED, "new fresh gone user",
                        Step.GONE_NAMES_UNLINKED, "new fresh user",
                        Step.OLD_DIRECTORY_REMOVED, "new fresh user"),
                seen);
    }

    @Test
    void staysWhereTheHookEndedTheWrite() throws IOException {
        volume.writeText(Map.of("user", "old"));
        volume.onStep(step -> {
            if (step == Step.NEXT_LINK_CREATED) {
                throw new IllegalStateException("killed");
            }
        });

        assertThrows(IllegalStateException.class, () -> volume.writeText(Map.of("user", "new")));

        assertEquals("old", read("user"));
        assertThrows(FileAlreadyExistsException.class, () -> volume.writeText(Map.of("user", "new")));
    }

    @Test
    void writesInPlaceInTwoHalves() throws IOException {
        volume.writeText(Map.of("token", "old-token"));
        var before = inodes();
        var between = new ArrayList<String>();

        volume.writeInPlace(
                "token", "new".getBytes(UTF_8), () -> between.add(readUnchecked("token")), "-one".getBytes(UTF_8));

        assertEquals(List.of("new"), between);
        assertEquals("new-one", read("token"));
        assertEquals(before, inodes());
    }

    @Test
    void writesInPlaceOnlyWhatIsThere() throws IOException {
        volume.writeText(Map.of("token", "old"));

        assertThrows(NoSuchFileException.class, () -> volume.writeInPlace("other", new byte[0]));
        volume.writeInPlace("token", new byte[0]);

        assertEquals("", read("token"));
    }

    @Test
    void aSubPathNeverChanges() throws IOException {
        var target = temp.resolve("app.conf");
        volume.writeText(Map.of("conf/app", "1"));

        volume.subPath("conf/app", target);
        volume.writeText(Map.of("conf/app", "2"));

        assertEquals("1", Files.readString(target));
        assertEquals("2", read("conf/app"));
        assertTrue(Files.isRegularFile(target, LinkOption.NOFOLLOW_LINKS));
    }

    @Test
    void unmountsAndComesBackEmpty() throws IOException {
        volume.writeText(Map.of("tls/key", "1"));

        volume.unmount();
        volume.unmount();
        assertFalse(Files.exists(volume.folder()));

        volume.recreate();
        assertEquals(List.of(), names());
        assertTrue(volume.writeText(Map.of("tls/key", "1")));
        assertEquals("1", read("tls/key"));
    }

    @Test
    void takesOverAVolumeThatIsThere() throws IOException {
        volume.writeText(Map.of("user", "app"));

        var second = KubeletVolume.create(volume.folder());

        assertFalse(second.writeText(Map.of("user", "app")));
        assertArrayEquals(
                "app".getBytes(UTF_8), Files.readAllBytes(second.dataDirectory().resolve("user")));
    }

    @Test
    void writesNothingWhenANameIsRefused() throws IOException {
        assertThrows(IllegalArgumentException.class, () -> volume.writeText(Map.of("good", "x", "..data", "x")));

        assertEquals(List.of(), names());
    }

    private String read(String file) throws IOException {
        return Files.readString(volume.folder().resolve(file));
    }

    private String readUnchecked(String file) {
        try {
            return read(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String userThroughData() {
        return readUnchecked("..data/user");
    }

    private String linkNames() {
        try {
            var links = new ArrayList<>(names());
            links.removeIf(name -> name.equals("..data") || name.equals("..TIME"));
            return String.join(" ", links);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is directly in the folder, with the timestamp replaced. */
    private List<String> names() throws IOException {
        try (var paths = Files.list(volume.folder())) {
            return paths.map(path -> path.getFileName().toString().replaceFirst("^\\.\\.\\d.*", "..TIME"))
                    .sorted()
                    .toList();
        }
    }

    private Map<Path, Object> inodes() throws IOException {
        var inodes = new TreeMap<Path, Object>();
        try (var paths = Files.walk(volume.folder())) {
            for (var path : paths.toList()) {
                inodes.put(path, Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS));
            }
        }
        return inodes;
    }

    private String layout(String timestamped) throws IOException {
        var lines = new ArrayList<String>();
        try (var paths = Files.walk(volume.folder())) {
            for (var path : paths.skip(1).toList()) {
                lines.add(describe(path).replace(timestamped, "TIME"));
            }
        }
        Collections.sort(lines);
        return String.join("\n", lines) + "\n";
    }

    private String describe(Path path) throws IOException {
        var name = volume.folder().relativize(path).toString();
        if (Files.isSymbolicLink(path)) {
            return name + " -> " + Files.readSymbolicLink(path);
        }
        var mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        return Files.isDirectory(path) ? name + " d" + mode : name + " -" + mode + " [" + Files.readString(path) + "]";
    }
}
