package io.github.secretsource.servers.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.servers.WithServers;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@WithServers
class KubernetesEncryptionServerIT {
    private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);
    private static final String GOOD = Kubernetes.encryption("aescbc", "key1", KEY);

    @Test
    void theConfigurationWithApiVersionV1IsRefused() {
        String blog = GOOD.replace("apiserver.config.k8s.io/v1", "v1");

        assertThat(Kubernetes.refusal(blog))
                .hasValueSatisfying(words -> assertThat(words)
                        .startsWith("error while parsing file: error decoding encryption provider configuration file")
                        .endsWith("no kind \"EncryptionConfiguration\" is registered for version \"v1\" in scheme"
                                + " \"pkg/runtime/scheme.go:111\""));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            config.k8s.io/v1        | config.k8s.io/v1beta1 | is registered for version "apiserver.config.k8s.io/v1beta1"
            secret: .*              | secret: not*base64    | secret: Invalid value: "REDACTED": secrets must be base64 encoded
            secret: .*              | secret: AAAA          | secret is not of the expected length, got 3, expected one of [16 24 32]
            aescbc                  | rot13                 | strict decoding error: unknown field "resources[0].providers[0].rot13"
            secret: .*              | secret: ""            | secret is a mandatory field for a key
            name: .*                | name: ""              | name is a mandatory field for a key
            : .secrets.             | : [Secrets]           | resource name should not contain capital letters
            : .secrets.             | : ["*"]               | use '*.' to encrypt all the resources from core API group or *.* to encrypt all resources
            (?s)providers:.*        | providers: [{}]       | provider does not contain any of the expected providers
            (?s)providers:.*        | providers: []         | resources[0].providers: Required value
            (?s).*                  | ~~                    | is empty
            """)
    void aBrokenConfigurationIsRefused(String part, String by, String words) {
        assertThat(Kubernetes.refusal(GOOD.replaceFirst(part, by)))
                .hasValueSatisfying(refusal -> assertThat(refusal)
                        .startsWith("error while parsing file: ")
                        .contains(words));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            none of it              | nothing
            (?s)- aescbc:.*         | - identity: {}
            name: key1              | name: "key:1"
            """)
    void whatIsAcceptedMayStillBeUnwise(String part, String by) {
        assertThat(Kubernetes.refusal(GOOD.replaceFirst(part, by))).isEmpty();
    }
}
