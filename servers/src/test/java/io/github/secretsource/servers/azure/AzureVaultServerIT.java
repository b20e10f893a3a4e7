package io.github.secretsource.servers.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.core.exception.ClientAuthenticationException;
import com.azure.core.exception.HttpResponseException;
import com.azure.core.exception.ResourceModifiedException;
import com.azure.core.exception.ResourceNotFoundException;
import com.azure.core.http.HttpHeaderName;
import com.azure.security.keyvault.secrets.models.KeyVaultSecret;
import com.azure.security.keyvault.secrets.models.SecretProperties;
import io.github.secretsource.servers.WithServers;
import java.io.ByteArrayInputStream;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the fake's vaults answer, as the real SDK sees it. */
@WithServers
class AzureVaultServerIT {
    private final String name = "s-" + UUID.randomUUID();
    private final AzureFake azure;

    AzureVaultServerIT(AzureFake azure) {
        this.azure = azure;
    }

    @Test
    void keepsEveryVersionAndServesTheLatest() {
        String first = azure.vault().put(name, "one");
        String second = azure.vault().put(name, "two");
        var client = AzureClients.client(azure);

        assertThat(client.getSecret(name).getValue()).isEqualTo("two");
        assertThat(client.getSecret(name).getProperties().getVersion()).isEqualTo(second);
        assertThat(client.getSecret(name, first).getValue()).isEqualTo("one");
        assertThat(client.listPropertiesOfSecretVersions(name))
                .extracting(SecretProperties::getVersion)
                .containsExactlyInAnyOrder(first, second);
    }

    @Test
    void theSdkWritesToo() {
        var client = AzureClients.client(azure);
        var secret = new KeyVaultSecret(name, "written")
                .setProperties(
                        new SecretProperties().setContentType("text/plain").setTags(Map.of("team", "a")));

        client.setSecret(secret);

        KeyVaultSecret read = client.getSecret(name);
        assertThat(read.getValue()).isEqualTo("written");
        assertThat(read.getProperties().getContentType()).isEqualTo("text/plain");
        assertThat(read.getProperties().getTags()).containsEntry("team", "a");
        client.updateSecretProperties(read.getProperties().setEnabled(false));
        assertThat(error(403, () -> client.getSecret(name))).isEqualTo("SecretDisabled");
    }

    @Test
    void listsInPagesThatTheSdkFollows() {
        AzureVault vault = azure.newVault("pages");
        List<String> names =
                IntStream.range(0, 60).mapToObj(n -> "page-%02d".formatted(n)).toList();
        names.forEach(one -> vault.put(one, "value"));
        var client = AzureClients.client(vault, azure, azure.identity());

        assertThat(client.listPropertiesOfSecrets())
                .extracting(SecretProperties::getName)
                .containsExactlyElementsOf(names);
        assertThat(azure.requests())
                .filteredOn(one -> one.server().equals("pages") && one.status() == 200)
                .hasSize(3);
    }

    @Test
    void vaultsDoNotShareSecrets() {
        AzureVault other = azure.newVault("other");
        azure.vault().put(name, "here");

        assertThat(AzureClients.client(azure).getSecret(name).getValue()).isEqualTo("here");
        assertThatThrownBy(() ->
                        AzureClients.client(other, azure, azure.identity()).getSecret(name))
                .isInstanceOf(ResourceNotFoundException.class);
    }

    @Test
    void aMissingSecretOrVersionIsNotFound() {
        azure.vault().put(name, "value");
        var client = AzureClients.client(azure);

        assertThatThrownBy(() -> client.getSecret("absent")).isInstanceOf(ResourceNotFoundException.class);
        assertThatThrownBy(() -> client.getSecret(name, "0".repeat(32))).isInstanceOf(ResourceNotFoundException.class);
    }

    @Test
    void deletesSoftlyRecoversAndPurges() {
        azure.vault().put(name, "value");
        var client = AzureClients.client(azure);

        client.beginDeleteSecret(name).waitForCompletion(Duration.ofSeconds(60));
        assertThatThrownBy(() -> client.getSecret(name)).isInstanceOf(ResourceNotFoundException.class);
        assertThat(client.getDeletedSecret(name).getRecoveryId()).endsWith("/deletedsecrets/" + name);
        assertThat(client.listDeletedSecrets()).anyMatch(one -> one.getName().equals(name));
        assertThat(error(409, () -> client.setSecret(name, "again"))).isEqualTo("ObjectIsDeletedButRecoverable");

        azure.vault().recover(name);
        assertThat(client.getSecret(name).getValue()).isEqualTo("value");

        azure.vault().delete(name);
        client.purgeDeletedSecret(name);
        assertThatThrownBy(() -> client.getDeletedSecret(name)).isInstanceOf(ResourceNotFoundException.class);
        assertThat(client.setSecret(name, "again").getValue()).isEqualTo("again");
    }

    @Test
    void aDisabledSecretIsA403WhoseInnerCodeSaysSo() {
        azure.vault().put(name, "value");
        var client = AzureClients.client(azure);
        azure.vault().change(name, AzureSecret::disable);

        assertThatThrownBy(() -> client.getSecret(name)).isInstanceOf(ResourceModifiedException.class);
        assertThat(error(403, () -> client.getSecret(name))).isEqualTo("SecretDisabled");

        azure.vault().change(name, AzureSecret::enable);
        assertThat(client.getSecret(name).getValue()).isEqualTo("value");
    }

    @Test
    void anExpiredOrFutureSecretIsServedWithItsTimes() {
        Instant now = azure.now();
        var content = AzureSecret.of("value").withNotBefore(now.plusSeconds(60)).withExpires(now.minusSeconds(60));
        azure.vault().put(name, content);

        KeyVaultSecret read = AzureClients.client(azure).getSecret(name);

        assertThat(read.getValue()).isEqualTo("value");
        assertThat(read.getProperties().getNotBefore())
                .isEqualTo(now.plusSeconds(60).atOffset(ZoneOffset.UTC));
        assertThat(read.getProperties().getExpiresOn())
                .isEqualTo(now.minusSeconds(60).atOffset(ZoneOffset.UTC));
        assertThat(read.getProperties().getRecoveryLevel()).isEqualTo("Recoverable+Purgeable");
    }

    @Test
    void namesThatDifferInCaseAreTheSame() {
        azure.vault().put(name, "value");

        assertThat(AzureClients.client(azure)
                        .getSecret(name.toUpperCase(Locale.ROOT))
                        .getValue())
                .isEqualTo("value");
    }

    @Test
    void anInvalidNameOrVersionIsABadParameter() {
        azure.vault().put(name, "value");
        var client = AzureClients.client(azure);

        assertThat(code(400, () -> client.getSecret("under_score"))).isEqualTo("BadParameter");
        assertThat(code(400, () -> client.getSecret("n".repeat(128)))).isEqualTo("BadParameter");
        assertThat(code(400, () -> client.getSecret(name, "latest"))).isEqualTo("BadParameter");
        assertThat(code(400, () -> client.setSecret(name, "v".repeat(25_601)))).isEqualTo("BadParameter");
        assertThatThrownBy(() -> azure.vault().put("under_score", "value"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void withoutARoleEverythingIsForbiddenAndWithOneOnASecretThatIsNot() {
        azure.vault().put(name, "value");
        AzureIdentity stranger = azure.newIdentity("stranger");
        var client = AzureClients.client(azure.vault(), azure, stranger);

        assertThatThrownBy(() -> client.getSecret(name)).isInstanceOf(ResourceModifiedException.class);
        assertThat(error(403, () -> client.getSecret(name))).isEqualTo("ForbiddenByRbac");
        assertThat(error(403, () -> client.getSecret("absent"))).isEqualTo("ForbiddenByRbac");

        azure.vault().grant(stranger, name);
        assertThat(client.getSecret(name).getValue()).isEqualTo("value");
        assertThat(error(403, () -> client.getSecret("absent"))).isEqualTo("ForbiddenByRbac");
        assertThat(error(403, () -> client.listPropertiesOfSecrets().forEach(one -> {})))
                .isEqualTo("ForbiddenByRbac");
        assertThat(error(403, () -> client.setSecret(name, "mine"))).isEqualTo("ForbiddenByRbac");

        azure.vault().grant(stranger);
        assertThat(client.listPropertiesOfSecrets()).isNotEmpty();
        assertThatThrownBy(() -> client.getSecret("absent")).isInstanceOf(ResourceNotFoundException.class);
    }

    @Test
    void aDenialBeatsEveryRoleUntilItEnds() {
        azure.vault().put(name, "value");
        azure.vault().put(name + "-2", "other");
        var client = AzureClients.client(azure);

        azure.vault().deny(azure.identity(), name);
        assertThat(error(403, () -> client.getSecret(name))).isEqualTo("ForbiddenByRbac");
        assertThat(client.getSecret(name + "-2").getValue()).isEqualTo("other");

        azure.vault().allow(azure.identity(), name);
        assertThat(client.getSecret(name).getValue()).isEqualTo("value");
    }

    @Test
    void aDenialOfTheVaultIsForEverySecretOfIt() {
        AzureIdentity reader = azure.newIdentity("reader");
        azure.vault().put(name, "value");
        azure.vault().grant(reader);
        var client = AzureClients.client(azure.vault(), azure, reader);

        azure.vault().deny(reader);
        assertThat(error(403, () -> client.getSecret(name))).isEqualTo("ForbiddenByRbac");
        assertThat(AzureClients.client(azure).getSecret(name).getValue()).isEqualTo("value");

        azure.vault().allow(reader);
        assertThat(client.getSecret(name).getValue()).isEqualTo("value");
    }

    @Test
    void aPfxCertificateIsASecretInBase64() throws Exception {
        var identity = azure.certificates().localhost();
        azure.vault().putPfx(name, identity);

        KeyVaultSecret read = AzureClients.client(azure).getSecret(name);

        assertThat(read.getProperties().getContentType()).isEqualTo("application/x-pkcs12");
        assertThat(read.getProperties().isManaged()).isTrue();
        assertThat(read.getProperties().getKeyId()).contains("/keys/" + name);
        var store = KeyStore.getInstance("PKCS12");
        store.load(new ByteArrayInputStream(Base64.getDecoder().decode(read.getValue())), new char[0]);
        String alias = store.aliases().nextElement();
        assertThat(store.getCertificate(alias)).isEqualTo(identity.certificate());
        assertThat(store.getKey(alias, new char[0])).isEqualTo(identity.key());
    }

    @Test
    void aPemCertificateIsASecretWithKeyAndCertificate() {
        var identity = azure.certificates().localhost();
        azure.vault().putPem(name, identity);

        KeyVaultSecret read = AzureClients.client(azure).getSecret(name);

        assertThat(read.getProperties().getContentType()).isEqualTo("application/x-pem-file");
        assertThat(read.getValue()).isEqualTo(identity.keyPem() + identity.certificatePem());
    }

    /** The inner code of the error. */
    private static String error(int status, Runnable call) {
        Map<?, ?> inner = (Map<?, ?>) body(status, call).get("innererror");
        return String.valueOf(inner.get("code"));
    }

    private static String code(int status, Runnable call) {
        return String.valueOf(body(status, call).get("code"));
    }

    private static Map<?, ?> body(int status, Runnable call) {
        HttpResponseException e = catchThrowableOfType(HttpResponseException.class, call::run);
        assertThat(e).isNotNull().isNotInstanceOf(ClientAuthenticationException.class);
        assertThat(e.getResponse().getStatusCode()).isEqualTo(status);
        assertThat(e.getResponse().getHeaderValue(HttpHeaderName.fromString("x-ms-request-id")))
                .isNotEmpty();
        return (Map<?, ?>) ((Map<?, ?>) e.getValue()).get("error");
    }
}
