package io.github.secretsource.test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadPathTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "i/am/well/behaved.txt",
                "keepyourheaddownandfollowtherules.txt",
                ".hidden",
                "a..b",
                "a/.b",
                "double//slash",
                "./here",
                "1/2/3/4/5/6/7/8/9/10/11"
            })
    void acceptsGoodNames(String name) {
        assertEquals(Path.of(name).normalize(), PayloadPath.of(name));
    }

    static Stream<Arguments> badNames() {
        return Stream.of(
                Arguments.of("", "empty"),
                Arguments.of("/absolute", "relative"),
                Arguments.of("..", "begin with '..'"),
                Arguments.of("../up", "begin with '..'"),
                Arguments.of("a/../b", "begin with '..'"),
                Arguments.of("a/..", "begin with '..'"),
                Arguments.of("..data", "begin with '..'"),
                Arguments.of("..data/user", "begin with '..'"),
                Arguments.of("a/..b", "begin with '..'"),
                Arguments.of("a/" + "x".repeat(256), "at most 255 bytes: 256"),
                Arguments.of("\u00e9".repeat(128), "at most 255 bytes: 256"),
                Arguments.of("x/".repeat(2048) + "y", "at most 4096 bytes: 4097"),
                Arguments.of(".", "must name a file"),
                Arguments.of("a\0b", "Nul"));
    }

    @ParameterizedTest
    @MethodSource("badNames")
    void refusesBadNames(String name, String why) {
        var refusal = assertThrows(IllegalArgumentException.class, () -> PayloadPath.of(name));

        assertTrue(refusal.toString().contains(why), refusal.toString());
    }

    @Test
    void acceptsTheLongestNames() {
        var element = "x".repeat(255);
        var path = (element + "/").repeat(15) + "x/".repeat(127) + "yy";

        assertEquals(Path.of(element), PayloadPath.of(element));
        assertEquals(4096, path.length());
        assertEquals(Path.of(path), PayloadPath.of(path));
    }
}
