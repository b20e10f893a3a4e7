package io.github.secretsource.test;

import java.util.Map;
import java.util.Objects;

/** The contract of the in-memory source where each secret is one value, which is what stages point at there. */
abstract class MemoryValueContract extends MemoryContract {

    @Override
    protected boolean holdsFields() {
        return false;
    }

    @Override
    protected void put(String name, Map<String, String> fields) {
        mem.put(name, value(fields));
    }

    @Override
    protected void putStage(String name, String stage, Map<String, String> fields) {
        mem.putStage(name, stage, value(fields));
    }

    private static String value(Map<String, String> fields) {
        return Objects.requireNonNull(fields.get("value"));
    }
}
