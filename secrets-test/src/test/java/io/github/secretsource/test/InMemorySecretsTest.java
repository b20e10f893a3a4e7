package io.github.secretsource.test;

import org.junit.jupiter.api.DisplayName;

/** The correct source that the kit is measured by. */
@DisplayName("The in-memory source with fields")
class InMemorySecretsTest extends MemoryContract {}
