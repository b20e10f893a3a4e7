package io.github.secretsource.view;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.github.secretsource.Secret;
import io.github.secretsource.SecretFormatException;
import io.github.secretsource.TestSecrets;
import io.github.secretsource.test.Canary;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DockerConfigTest {

    @Test
    void readsTheFieldOfDockerconfigjson() {
        var pair = DockerConfig.from(current("'ghcr.io':{'auth':'" + base64("ann:x:y") + "','email':'a@b'}"))
                .credentials("ghcr.io")
                .orElseThrow();

        assertThat(pair.username()).isEqualTo("ann");
        assertThat(pair.password().reveal()).isEqualTo("x:y");
    }

    @Test
    void readsTheLegacyField() {
        String json = "{'ghcr.io':{'auth':'" + base64("ann:x") + "'}}";
        var config = DockerConfig.from(TestSecrets.fields(Map.of(".dockercfg", quoted(json))));

        assertThat(config.registries()).containsExactly("ghcr.io");
    }

    @Test
    void readsAConfigurationThatIsTheSecret() {
        String json = "{'auths':{'ghcr.io':{'username':'ann','password':'x'}},'HttpHeaders':{}}";
        var config = DockerConfig.from(TestSecrets.whole(quoted(json)));

        assertThat(config.credentials("ghcr.io"))
                .map(UsernamePassword::username)
                .contains("ann");
    }

    @Test
    void prefersAuthToAnEmptyPassword() {
        String entry = "'r':{'username':'','password':'','auth':'" + base64("ann:x") + "'}";

        assertThat(DockerConfig.from(current(entry)).credentials("r"))
                .map(UsernamePassword::username)
                .contains("ann");
    }

    @ParameterizedTest
    @CsvSource({
        "https://index.docker.io/v1/, docker.io",
        "https://index.docker.io/v1/, index.docker.io",
        "registry-1.docker.io, docker.io",
        "docker.io, https://registry-1.docker.io/v2/",
        "REGISTRY.example.org:5000, registry.example.org:5000",
        "https://Registry.example.org:5000/v2/, registry.example.org:5000",
        "http://registry.example.org, https://registry.example.org/",
        "registry.example.org/team, registry.example.org/team",
    })
    void findsARegistryHoweverItIsWritten(String written, String asked) {
        var config = DockerConfig.from(current("'" + written + "':{'auth':'" + base64("ann:x") + "'}"));

        assertThat(config.credentials(asked)).isPresent();
    }

    @Test
    void takesTheEntryWithoutASchemeOfTwo() {
        var config = DockerConfig.from(current(
                "'https://ghcr.io':{'auth':'" + base64("bob:y") + "'},'ghcr.io':{'auth':'" + base64("ann:x") + "'}"));

        assertThat(config.credentials("ghcr.io"))
                .map(UsernamePassword::username)
                .contains("ann");
    }

    @Test
    void hasNothingForAnotherRegistry() {
        var config = DockerConfig.from(current("'ghcr.io':{'auth':'" + base64("ann:x") + "'}"));

        assertThat(config.credentials("quay.io")).isEmpty();
        assertThat(config.credentials("ghcr.io/team")).isEmpty();
        assertThat(config.credentials("ghcr.io:5000")).isEmpty();
    }

    @Test
    void mayListNoRegistries() {
        assertThat(DockerConfig.from(current("")).registries()).isEmpty();
        assertThat(DockerConfig.from(TestSecrets.fields(Map.of(".dockercfg", " {} ")))
                        .registries())
                .isEmpty();
    }

    @Test
    @DisplayName("B34 a missing key is named")
    void namesTheMissingKey() {
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> DockerConfig.from(TestSecrets.fields(Map.of("config.json", "{}"))))
                .withMessage("mem:app has no field '.dockerconfigjson'; fields: config.json");
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> DockerConfig.from(TestSecrets.fields(Map.of(".dockerconfigjson", "{\"auth\":{}}"))))
                .withMessage("mem:app has no field '/.dockerconfigjson/auths'; fields: auth; did you mean 'auth'?");
    }

    @ParameterizedTest
    @DisplayName("B34 malformed JSON is named by its key, with the place")
    @ValueSource(strings = {".dockerconfigjson", ".dockercfg"})
    void namesTheMalformedKey(String key) {
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> DockerConfig.from(TestSecrets.fields(Map.of(key, "{\"auths\":{}"))))
                .withMessageContaining("field '" + key + "' is malformed JSON at line 1, column 12");
    }

    @ParameterizedTest
    @DisplayName("B34 entries that are no object are refused")
    @ValueSource(strings = {"[]", "'x'", "1", "['ghcr.io']"})
    void refusesEntriesThatAreNoObject(String auths) {
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> DockerConfig.from(
                        TestSecrets.fields(Map.of(".dockerconfigjson", quoted("{'auths':" + auths + "}")))));
    }

    @ParameterizedTest
    @DisplayName("B34 an entry without credentials is named by its registry")
    @ValueSource(strings = {"{}", "{'auth':''}", "{'auth':null,'username':'ann'}", "'x'", "{'identitytoken':'x'}"})
    void refusesAnEntryWithoutCredentials(String entry) {
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> DockerConfig.from(current("'https://ghcr.io':" + entry)))
                .withMessageStartingWith("mem:app field '/.dockerconfigjson/auths/ghcr.io' has neither 'auth' nor"
                        + " 'username' and 'password'");
    }

    @Test
    @DisplayName("B34 L7 a malformed auth is named, and none of it is printed")
    void printsNothingOfAMalformedAuth() {
        var canary = Canary.next();
        for (String auth : List.of(
                canary.value(),
                base64(canary.value()),
                base64(canary.value() + ":x") + "=",
                base64("ann:" + canary.value()) + "\\n",
                Base64.getEncoder().encodeToString(("\u00e9:" + canary.value()).getBytes(ISO_8859_1)))) {
            var thrown = catchThrowable(() -> DockerConfig.from(current("'ghcr.io':{'auth':'" + auth + "'}")));

            assertThat(thrown)
                    .isInstanceOf(SecretFormatException.class)
                    .hasMessageStartingWith("mem:app field '/.dockerconfigjson/auths/ghcr.io/auth' ")
                    .hasNoCause();
            assertThat(canary.findIn(TestSecrets.printed(thrown))).isEmpty();
        }
    }

    @Test
    @DisplayName("B34 L7 credentials written into the name of a registry are not printed")
    void printsNoUserInformation() {
        var canary = Canary.next();
        var config = "'https://ann:" + canary.value() + "@ghcr.io':";

        var thrown = catchThrowable(() -> DockerConfig.from(current(config + "{}")));
        var read = DockerConfig.from(current(config + "{'auth':'" + base64("ann:x") + "'}"));

        assertThat(canary.findIn(TestSecrets.printed(thrown) + read)).isEmpty();
        assertThat(read.registries()).containsExactly("ghcr.io");
    }

    @Test
    @DisplayName("B34 base64 is strict")
    void refusesSpareBits() {
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> DockerConfig.from(current("'r':{'auth':'Ojp='}")))
                .withMessageContaining("is not base64");
        assertThatExceptionOfType(SecretFormatException.class)
                .isThrownBy(() -> DockerConfig.from(current("'r':{'auth':'Og'}")))
                .withMessageContaining("is not base64");
    }

    @Test
    @DisplayName("L9 it prints registries, never a credential")
    void printsNoCredential() {
        var canary = Canary.next();
        var config = DockerConfig.from(
                current("'ghcr.io':{'auth':'" + base64(canary.value() + ":" + canary.value()) + "'}"));

        assertThat(canary.findIn(config + " " + config.hashCode())).isEmpty();
        assertThat(config).hasToString("DockerConfig[registries=[ghcr.io]]");
    }

    @Test
    void equalsTheSameCredentials() {
        String entry = "'ghcr.io':{'auth':'" + base64("ann:x") + "'}";
        var config = DockerConfig.from(current(entry));

        assertThat(config)
                .isEqualTo(DockerConfig.from(current(entry)))
                .hasSameHashCodeAs(DockerConfig.from(current(entry)));
        assertThat(config).isNotEqualTo(DockerConfig.from(current(""))).isNotEqualTo("ghcr.io");
    }

    private static Secret current(String entries) {
        return TestSecrets.fields(Map.of(".dockerconfigjson", quoted("{'auths':{" + entries + "}}")));
    }

    private static String quoted(String json) {
        return json.replace('\'', '"');
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }
}
