package io.github.secretsource.source;

import static io.github.secretsource.source.Fetches.id;
import static io.github.secretsource.source.Fetches.settled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.secretsource.Diagnosis;
import io.github.secretsource.SecretId;
import io.github.secretsource.test.Canary;
import io.github.secretsource.test.KubeletVolume;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * What people read who have a secret that does not work, each finding as it stands in {@code diagnosis.golden.txt}. A
 * text that changes on purpose is changed there too; the failed comparison shows it.
 */
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class DiagnosisTextTest {

    private static final String GOLDEN = "diagnosis.golden.txt";
    private static final List<String> PRIVILEGED =
            List.of("a file this user may not read", "a folder this user may not search", "a subPath mount");

    @TempDir
    Path temp;

    private final Canary canary = Canary.next();
    private final Map<String, String> told = new LinkedHashMap<>();

    @Test
    @DisplayName("F32 F33 F34 F41 every local finding says what is wrong, where, and what to do")
    void everyFindingIsTheGoldenOne() throws Exception {
        names();
        contents();
        links();
        kinds();
        noRoomForWatches();
        variables();
        var expected = golden();
        PRIVILEGED.forEach(expected::remove);

        assertThat(text(told)).isEqualTo(text(expected));
        assertThat(canary.findIn(text(told))).isEmpty();
    }

    private void names() throws Exception {
        var volume = KubeletVolume.create(place("the mount has another name").resolve("db"));
        volume.writeText(Map.of("password", canary.value(), "username", canary.value()));
        var volumes = MountedVolumes.builder()
                .mount("db", volume.folder())
                .mount("token", volume.folder())
                .build();
        tell("the mount has another name", volumes, "dbs");

        Path folder = place("nothing is mounted there");
        settled(folder.resolve("payments/password"), canary.value());
        settled(folder.resolve("token"), canary.value());
        tell("nothing is mounted there", mount("payments", folder.resolve("paymnets")), "payments");
        tell("nothing has the name below the root", MountedVolumes.at(folder), "tokens", folder);

        Path db = place("the key is missing").resolve("db");
        KubeletVolume.create(db).writeText(Map.of("password", canary.value(), "username", canary.value()));
        tell("the key is missing", mount("db", db), "db/pasword");
        tell("all is well", mount("db", db), "db", db.getParent());
        tell("all is well with a file", mount("token", db.resolve("password")), "token", db.getParent());
        tell("a file is taken for a folder", mount("db", db), "db/password/x", db.getParent());
    }

    private void contents() throws Exception {
        Path db = Files.createDirectory(place("an empty folder").resolve("db"));
        tell("an empty folder", mount("db", db), "db");

        Path bare = place("a volume without keys").resolve("db");
        KubeletVolume.create(bare).writeText(Map.of());
        tell("a volume without keys", mount("db", bare), "db");

        Path token = settled(place("an empty file").resolve("token"), "");
        tell("an empty file", mount("token", token), "token");

        Path large = settled(place("a file that is too large").resolve("token"), canary.value());
        var limited =
                MountedVolumes.builder().mount("token", large).maximumSize(5).build();
        tell("a file that is too large", limited, "token");
    }

    private void links() throws IOException {
        Path folder = place("a link that leads nowhere");
        settled(folder.resolve("db/password"), canary.value());
        Files.createSymbolicLink(folder.resolve("db/link"), Path.of("nowhere"));
        tell("a link that leads nowhere", mount("db", folder.resolve("db")), "db/link");
        tell("a link that leads nowhere, among the fields", mount("db", folder.resolve("db")), "db", folder);

        Path half = Files.createDirectories(
                place("a volume whose ..data leads nowhere").resolve("db"));
        Files.createSymbolicLink(half.resolve("..data"), Path.of("..2026_11_24_08_03_25.1234567890"));
        tell("a volume whose ..data leads nowhere", mount("db", half), "db");

        Path loop = place("a loop of links");
        settled(loop.resolve("db/password"), canary.value());
        Files.createSymbolicLink(loop.resolve("db/one"), Path.of("two"));
        Files.createSymbolicLink(loop.resolve("db/two"), Path.of("one"));
        tell("a loop of links", mount("db", loop.resolve("db")), "db/one");

        Path out = place("a link out of the mount");
        settled(out.resolve("other/key"), canary.value());
        settled(out.resolve("db/password"), canary.value());
        Files.createSymbolicLink(out.resolve("db/key"), Path.of("../other/key"));
        tell("a link out of the mount", mount("db", out.resolve("db")), "db/key");
    }

    private void kinds() throws Exception {
        Path pipe = place("a pipe").resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        tell("a pipe", mount("pipe", pipe), "pipe");
        tell("a device", mount("zero", Path.of("/dev/zero")), "zero", Path.of("/nowhere"));
    }

    private void noRoomForWatches() throws IOException {
        Path token = settled(place("no room for file watches").resolve("token"), canary.value());
        var diagnosis = new VolumeDiagnosis(
                new Mounts(Map.of("token", token), null), new VolumeReader(1 << 20, Duration.ofMillis(50)), true);
        note("no room for file watches", diagnosis.of(id("token")), token.getParent());
    }

    private void variables() {
        var variables = Map.of(
                "DB_PASSWORD",
                canary.value(),
                "DB_USER",
                canary.value(),
                "EMPTY",
                "",
                "BROKEN",
                canary.value() + "\uFFFD");
        var source = new EnvironmentVariables(() -> variables, Map.of("db", "DB_", "lower", "db_", "none", "NONE_"));

        tell("a variable that is set", source, "DB_PASSWORD");
        tell("a variable that is not set", source, "DB_PASWORD");
        tell("a variable that nothing resembles", source, "COLOUR_OF_THE_SKY");
        tell("an empty variable", source, "EMPTY");
        tell("a variable that is no text", source, "BROKEN");
        tell("a prefix", source, "db");
        tell("a prefix that no variable has", source, "none");
        tell("a prefix in another case", source, "lower");
    }

    @Test
    @DisplayName("F33 a denial names the mode, the owner and who this process is")
    void denialsAreTheGoldenOnes() throws Exception {
        String[] user = {"setpriv", "--reuid", "64123", "--regid", "64124", "--groups", "64125"};
        assumeTrue(ChildProcess.canRun(user), "another user needs root and setpriv");
        may(temp, "rwxr-xr-x");
        Path file = settled(place("file").resolve("token"), canary.value());
        may(file.getParent(), "rwxr-xr-x");
        may(file, "r--------");
        Path folder =
                settled(place("folder").resolve("db/password"), canary.value()).getParent();
        may(folder.getParent(), "rwxr-xr-x");
        may(folder, "rwx------");

        told.put(PRIVILEGED.get(0), child(user, file));
        told.put(PRIVILEGED.get(1), child(user, folder));

        assertGolden();
    }

    @Test
    @DisplayName("F35 a subPath mount is known for one, with the way to have it rotate")
    void aSubPathMountIsTheGoldenOne() throws Exception {
        String[] own = {"unshare", "--mount"};
        assumeTrue(ChildProcess.canRun(own), "a mount of one's own needs root and unshare");
        var volume = KubeletVolume.create(place("volume"));
        volume.writeText(Map.of("token", canary.value()));
        Path target = settled(place("mounted").resolve("token"), "");

        told.put(
                PRIVILEGED.get(2),
                child(own, target, volume.dataDirectory().resolve("token").toString()));

        assertGolden();
    }

    /** What anybody may check, whichever user runs the tests. */
    @Test
    @DisplayName("F33 modes, owners and users are written as chmod and id write them")
    void writesModesAndUsers() {
        var status = "Name:\tjava\nUid:\t1000\t1001\t1002\t1003\nGid:\t2000\t2001\t2002\t2003\nGroups:\t2001 3000 \n";

        assertThat(FileMode.of(PosixFilePermissions.fromString("rwxr-x--x"), "root", "app\n"))
                .isEqualTo(" has mode 0751, owner root and group app?");
        assertThat(FileMode.shown(temp.resolve("nowhere"))).isEmpty();
        assertThat(ProcessUser.of(status)).isEqualTo("uid 1001, gid 2001, groups 2001, 3000");
        assertThat(ProcessUser.of("Uid:\n")).isEqualTo("user '" + System.getProperty("user.name") + "'");
        assertThat(ProcessUser.shown()).startsWith("uid ");
    }

    private void assertGolden() throws IOException {
        var expected = golden();
        expected.keySet().retainAll(told.keySet());
        assertThat(text(told)).isEqualTo(text(expected));
        assertThat(canary.findIn(text(told))).isEmpty();
    }

    private String child(String[] command, Path secret, String... more) throws Exception {
        var arguments = new ArrayList<>(List.of(secret.toString()));
        arguments.addAll(Arrays.asList(more));
        Path classes = Files.createDirectories(place("classes").resolve(secret.getFileName()));
        String printed =
                ChildProcess.run(classes, List.of(command), DiagnosisProgram.class, arguments.toArray(String[]::new));
        return normalised(printed, secret.getParent());
    }

    private static void may(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private static MountedVolumes mount(String name, Path path) {
        return MountedVolumes.builder().mount(name, path).build();
    }

    private Path place(String situation) throws IOException {
        return Files.createDirectories(temp.resolve(situation.replaceAll("[^a-z]", "")));
    }

    private void tell(String situation, MountedVolumes volumes, String path) throws IOException {
        tell(situation, volumes, path, place(situation));
    }

    private void tell(String situation, MountedVolumes volumes, String path, Path place) {
        note(situation, volumes.diagnose(Set.of(id(path))), place);
    }

    private void tell(String situation, EnvironmentVariables source, String path) {
        note(situation, source.diagnose(Set.of(SecretId.of("env", path))), Path.of("/nowhere"));
    }

    private void note(String situation, List<Diagnosis> found, Path place) {
        told.put(situation, normalised(DiagnosisProgram.text(found), place));
    }

    private static String normalised(String text, Path place) {
        return text.replace(place.toString(), "/etc/secrets").strip();
    }

    private static String text(Map<String, String> sections) {
        var text = new StringBuilder();
        sections.forEach((situation, found) ->
                text.append("# ").append(situation).append('\n').append(found).append("\n\n"));
        return text.toString();
    }

    private static Map<String, String> golden() throws IOException {
        var sections = new LinkedHashMap<String, String>();
        try (var in = DiagnosisTextTest.class.getResourceAsStream(GOLDEN)) {
            assertThat(in).as(GOLDEN).isNotNull();
            var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (String section : text.split("(?m)^# ", -1)) {
                int end = section.indexOf('\n');
                if (end > 0) {
                    sections.put(
                            section.substring(0, end), section.substring(end).strip());
                }
            }
        }
        return sections;
    }
}
