package io.github.secretsource.source;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Who this process is to the file system, for people to read. Stateless. */
final class ProcessUser {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int EFFECTIVE = 2; // of the key and the real, effective, saved and file system ids

    private ProcessUser() {}

    /** Returns the ids where the system tells them, else the name. */
    static String shown() {
        try {
            return of(new String(Files.readAllBytes(STATUS), StandardCharsets.UTF_8));
        } catch (IOException e) {
            return of(""); // not Linux
        }
    }

    /** Returns the ids in a text of the form described in proc(5). */
    static String of(String status) {
        String uid = "";
        String gid = "";
        String groups = "";
        for (String line : status.split("\n", -1)) {
            String[] parts = line.split("\\s+", -1);
            if (line.startsWith("Uid:") && parts.length > EFFECTIVE) {
                uid = parts[EFFECTIVE];
            } else if (line.startsWith("Gid:") && parts.length > EFFECTIVE) {
                gid = parts[EFFECTIVE];
            } else if (line.startsWith("Groups:")) {
                groups = line.substring("Groups:".length()).strip().replace(" ", ", ");
            }
        }
        if (uid.isEmpty()) {
            return "user '" + FileProblem.printable(System.getProperty("user.name", "unknown")) + "'";
        }
        return "uid " + uid + ", gid " + gid + (groups.isEmpty() ? "" : ", groups " + groups);
    }
}
