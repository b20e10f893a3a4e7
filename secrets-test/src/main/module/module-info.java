/** Tools for tests of sources and of applications. */
@org.jspecify.annotations.NullMarked
module io.github.secretsource.test {
    requires transitive io.github.secretsource;
    requires transitive org.junit.jupiter.api;
    requires java.logging;

    exports io.github.secretsource.test;
}
