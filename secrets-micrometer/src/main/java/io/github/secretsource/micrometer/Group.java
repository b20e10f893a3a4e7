package io.github.secretsource.micrometer;

import io.micrometer.core.instrument.Tags;

/** Secrets that are measured together: those of one source under one alias. */
record Group(String source, String alias) {

    /** The alias of all secrets that were given none: their ids must not become tags. */
    static final String NO_ALIAS = "none";

    Tags tags() {
        return Tags.of("source", source, "alias", alias);
    }
}
