package io.github.secretsource.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.servers.WithServers;
import io.github.secretsource.servers.host.Deadline;
import io.github.secretsource.servers.openbao.Database;
import io.github.secretsource.servers.openbao.OpenBao;
import io.github.secretsource.servers.openbao.Token;
import io.github.secretsource.servers.openbao.TokenTerms;
import io.github.secretsource.servers.postgres.Login;
import io.github.secretsource.servers.postgres.Postgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Runs the example as a program of its own, on the real servers. */
@WithServers
class RotatingDatabaseUserServerIT {
    private static final String TIME = "\\d\\d:\\d\\d(:\\d\\d(\\.\\d{1,3})?)? ";

    private final OpenBao bao;
    private final Postgres postgres;

    RotatingDatabaseUserServerIT(OpenBao bao, Postgres postgres) {
        this.bao = bao;
        this.postgres = postgres;
    }

    @Test
    void queriesOnWhileItsUserRotates() throws Exception {
        String name = postgres.createDatabase();
        Login maker = postgres.createRoleMaker(name);
        Database engine = bao.admin()
                .database(
                        postgres.address().getHostString(),
                        postgres.address().getPort(),
                        name,
                        maker.user(),
                        maker.password());
        String role = UUID.randomUUID().toString().substring(0, 8);
        engine.setRole(role, Duration.ofSeconds(3), Duration.ofSeconds(3));
        String path = engine.mount() + "/creds/" + role;

        List<String> lines = run(path, postgres.jdbcUrl(name));

        String users = "v-token-" + role + "-";
        assertThat(lines).hasSizeBetween(4, 9);
        assertThat(lines.subList(0, lines.size() - 1))
                .doesNotHaveDuplicates()
                .allMatch(line -> line.matches(TIME + "queries as " + users + "\\w+-\\d+"));
        assertThat(lines.get(lines.size() - 1)).matches(TIME + "\\d\\d+ queries, none failed");
        Deadline.await(
                "all users are gone",
                Duration.ofSeconds(20),
                () -> postgres.roles(users + "%").isEmpty());
        bao.admin().unmount(engine.mount());
    }

    private List<String> run(String path, String url) throws IOException, InterruptedException {
        Token token = bao.admin()
                .tokens()
                .create(TokenTerms.of(bao.admin()
                        .policy("path \"" + path + "\" { capabilities = [\"read\"] }\n"
                                + "path \"sys/leases/revoke\" { capabilities = [\"update\"] }")));
        var program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        RotatingDatabaseUser.class.getName(),
                        path,
                        url,
                        "8")
                .redirectErrorStream(true);
        program.environment().put("VAULT_ADDR", bao.tlsAddress().toString());
        program.environment().put("VAULT_CACERT", bao.caFile().toString());
        program.environment().put("VAULT_TOKEN", token.value());
        Process process = program.start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.lines().toList();
    }
}
