package io.github.secretsource.servers.azure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.servers.WithServers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The SDK's default credential in a process of its own, with every check of the SDK switched on. */
@WithServers
class AzureEnvironmentServerIT {
    private static final String NAME = "from-the-environment";

    private final AzureFake azure;

    @TempDir
    private Path folder;

    AzureEnvironmentServerIT(AzureFake azure) {
        this.azure = azure;
        azure.vault().put(NAME, "value");
    }

    @Test
    void aClientSecretAndNamesFromAHostsFile() throws Exception {
        Path hosts = Files.writeString(
                folder.resolve("hosts"),
                "127.0.0.1 localhost\n127.0.0.1 " + azure.vault().namedAddress().getHost() + "\n");
        String address = azure.vault().namedAddress() + ":"
                + azure.vault().endpoint().address().getPort();
        Map<String, String> environment = Map.of(
                "AZURE_AUTHORITY_HOST", azure.authority().toString(),
                "AZURE_TENANT_ID", azure.tenant(),
                "AZURE_CLIENT_ID", azure.identity().clientId(),
                "AZURE_CLIENT_SECRET", azure.identity().secret());

        assertThat(run(address, environment, "-Djdk.net.hosts.file=" + hosts)).contains("read value");
    }

    @Test
    void aWorkloadIdentityThroughTheProxy() throws Exception {
        AzureIdentity identity = azure.newIdentity("workload");
        azure.vault().grant(identity, NAME);
        Path token = Files.writeString(folder.resolve("token"), azure.assertion(identity, Duration.ofHours(1)));
        Map<String, String> environment = Map.of(
                "AZURE_TENANT_ID", azure.tenant(),
                "AZURE_CLIENT_ID", identity.clientId(),
                "AZURE_FEDERATED_TOKEN_FILE", token.toString());

        assertThat(runProxied(environment)).contains("read value");
        assertThat(azure.requests()).anyMatch(one -> one.identity().equals(identity.clientId()) && one.status() == 200);
    }

    @Test
    void theManagedIdentityOfAVirtualMachine() throws Exception {
        assertThat(runProxied(azure.machine().metadataEnvironment())).contains("read value");

        assertThat(azure.requests())
                .anyMatch(one -> one.server().equals(AzureFake.MACHINE)
                        && one.path().startsWith("/metadata/")
                        && one.status() == 200);
    }

    @Test
    void theManagedIdentityOfAnAppServiceByItsClientId() throws Exception {
        AzureIdentity identity = azure.newIdentity("user-assigned");
        azure.vault().grant(identity);
        var environment = new HashMap<>(azure.machine().appServiceEnvironment());
        environment.put("AZURE_CLIENT_ID", identity.clientId());

        assertThat(runProxied(environment)).contains("read value");
        assertThat(azure.requests())
                .anyMatch(
                        one -> one.path().startsWith("/msi/") && one.identity().equals(identity.clientId()));
    }

    private String runProxied(Map<String, String> environment) throws Exception {
        return run(
                azure.vault().namedAddress().toString(),
                environment,
                "-Dhttps.proxyHost=127.0.0.1",
                "-Dhttps.proxyPort=" + azure.proxy().getPort(),
                // The SDK sends plain requests there too, and has no exceptions of its own.
                "-Dhttp.nonProxyHosts=localhost");
    }

    private String run(String address, Map<String, String> environment, String... options) throws Exception {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Djavax.net.ssl.trustStore=" + trustStore(),
                "-Djavax.net.ssl.trustStorePassword=changeit",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(1, List.of(options));
        command.addAll(List.of(SecretReader.class.getName(), address, NAME));
        Path output = folder.resolve("output");
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(output, UTF_8);
    }

    private Path trustStore() throws Exception {
        Path file = folder.resolve("trust.p12");
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("azure", azure.certificates().certificate());
        try (var out = Files.newOutputStream(file)) {
            store.store(out, "changeit".toCharArray());
        }
        return file;
    }
}
