package io.github.secretsource.servers.openbao;

import io.github.secretsource.servers.host.Installed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Which of the two servers, with all that starting them differs in. */
enum Product {
    OPENBAO("openbao", "bao", "BAO"),
    VAULT("vault", "vault", "VAULT");

    private final String room;
    private final String program;
    private final String prefix;

    Product(String room, String program, String prefix) {
        this.room = room;
        this.program = program;
        this.prefix = prefix;
    }

    /** What plays OpenBao: HashiCorp's Vault, if the property says so. */
    static Product ofOpenBao() {
        return VAULT.room.equals(System.getProperty("servers." + OPENBAO.room)) ? VAULT : OPENBAO;
    }

    /** The server's name for the installer, the folder of its logs and its properties. */
    String room() {
        return room;
    }

    /** What its own environment variables begin with. */
    String prefix() {
        return prefix;
    }

    /** OpenBao takes audit devices from its configuration alone, Vault from its API alone. */
    boolean auditsByConfiguration() {
        return this == OPENBAO;
    }

    List<String> command(List<String> arguments) {
        Path folder = Installed.folder(room);
        var command = new ArrayList<String>(List.of(folder.resolve(program).toString(), "server"));
        command.addAll(arguments);
        Path plugins = folder.resolve("plugins");
        if (Files.isDirectory(plugins)) {
            command.add("-dev-plugin-dir=" + plugins);
        }
        return command;
    }
}
