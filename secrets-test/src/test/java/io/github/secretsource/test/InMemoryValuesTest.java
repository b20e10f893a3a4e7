package io.github.secretsource.test;

import org.junit.jupiter.api.DisplayName;

/** The correct source that the kit is measured by, with secrets of one value. */
@DisplayName("The in-memory source with single values")
class InMemoryValuesTest extends MemoryValueContract {}
