/** Tools for tests of sources and of applications. */
@org.jspecify.annotations.NullMarked
module io.github.secretsource.test {
    requires transitive io.github.secretsource;
    requires transitive org.junit.jupiter.api;
    requires java.logging;

    exports io.github.secretsource.test;

    // JUnit runs the kit's promises, which are nested classes of this package.
    opens io.github.secretsource.test to
            org.junit.platform.commons;
}
