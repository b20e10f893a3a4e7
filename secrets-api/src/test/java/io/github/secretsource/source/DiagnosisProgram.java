package io.github.secretsource.source;

import static io.github.secretsource.source.Fetches.id;

import io.github.secretsource.Diagnosis;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Prints the diagnosis of one mount, as another user or with a mount of its own; run by {@link DiagnosisTextTest}. */
public final class DiagnosisProgram {

    private DiagnosisProgram() {}

    /** Takes the path of the secret and, if something is to be mounted there first, what. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length > 1) {
            int exit = new ProcessBuilder("mount", "--bind", arguments[1], arguments[0])
                    .inheritIO()
                    .start()
                    .waitFor();
            System.out.print(exit == 0 ? "" : "mount exits with " + exit + "\n");
        }
        var volumes =
                MountedVolumes.builder().mount("app", Path.of(arguments[0])).build();
        System.out.println(text(volumes.diagnose(Set.of(id("app")))));
    }

    /** The findings, each with its fix on a line of its own. */
    static String text(List<Diagnosis> found) {
        var text = new StringBuilder();
        for (Diagnosis one : found) {
            text.append(one.isHealthy() ? "ok  " : "BAD ")
                    .append(one.id())
                    .append(' ')
                    .append(one.finding());
            text.append('\n');
            if (!one.fix().isEmpty()) {
                text.append("    ").append(one.fix()).append('\n');
            }
        }
        return text.toString();
    }
}
