package io.github.secretsource.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MountInfoTest {

    /** As a container sees it that mounts a secret whole, one key of it and one key of a ConfigMap by subPath. */
    private static final String POD = """
        1043 934 0:158 / / rw,relatime master:345 - overlay overlay rw,lowerdir=/var/lib/l1
        1052 1043 0:150 / /etc/secret ro,relatime - tmpfs tmpfs rw,size=16384k
        1053 1043 0:150 /..2026_11_24_08_03_25.1234567890/password /etc/one/password ro,relatime - tmpfs tmpfs rw
        1054 1043 254:1 /var/lib/kubelet/pods/7d/volumes/kubernetes.io~configmap/c/..2026_11_24_08_03_25.17/app.conf \
        /etc/app.conf ro,relatime - ext4 /dev/vda1 rw
        1055 1043 0:151 /..2026_11_24_08_03_26.5/tls /etc/tls\\040keys ro,relatime shared:1 - tmpfs tmpfs rw
        1056 1043 0:152 / /etc/a\\134b\\011c\\012d ro,relatime - tmpfs tmpfs rw
        """;

    @Test
    @DisplayName("F30 a volume mounted whole rotates")
    void wholeVolumesRotate() {
        assertThat(MountInfo.parse(POD).isFrozen(Path.of("/etc/secret"))).isFalse();
        assertThat(MountInfo.parse(POD).isFrozen(Path.of("/etc/secret/..2026_11_24_08_03_25.1/password")))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc/one/password", "/etc/app.conf", "/etc/tls keys", "/etc/tls keys/tls.crt"})
    void subPathMountsAreFrozen(String path) {
        assertThat(MountInfo.parse(POD).isFrozen(Path.of(path))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/etc/one", "/etc/one/passwords", "/etc/app.conf.bak", "/etc/a\\b\tc\nd/key"})
    void neighboursOfSubPathMountsAreNot(String path) {
        assertThat(MountInfo.parse(POD).isFrozen(Path.of(path))).isFalse();
    }

    @Test
    void theLastOfSeveralMountsInOnePlaceCounts() {
        var covered = POD + "1060 1043 0:160 / /etc/app.conf ro - tmpfs tmpfs rw\n";

        assertThat(MountInfo.parse(covered).isFrozen(Path.of("/etc/app.conf"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "\n\n", "1 2 3", "a b c /..20 ", "1 2 3:4 /..2026 /x\\04", "1 2 3:4 / \\", "1 2 3:4 / \\999"
            })
    void linesOfAnotherFormCountForNothing(String text) {
        assertThat(MountInfo.parse(text).isFrozen(Path.of("/etc/secret"))).isFalse();
    }

    @Test
    void theTableOfThisProcessParses() {
        assertThat(MountInfo.current().isFrozen(Path.of("/"))).isFalse();
    }
}
