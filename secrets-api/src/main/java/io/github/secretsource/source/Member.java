package io.github.secretsource.source;

import io.github.secretsource.spi.SecretSource;

/**
 * One of the sources of a combination, with what errors call it.
 *
 * @param position from 1
 * @param name of its class or, where it comes from configuration, its own
 * @param source the source
 */
record Member(int position, String name, SecretSource source) {

    /** Names a source by its class, which says nothing about its content; a mapped one by that of what it asks. */
    static String nameOf(SecretSource source) {
        if (source instanceof Mapped mapped) {
            return nameOf(mapped.parts().get(0));
        }
        Class<?> type = source.getClass();
        return type.isHidden() || type.isAnonymousClass() ? "a custom source" : type.getSimpleName();
    }

    @Override
    public String toString() {
        return "member " + position + ", " + name;
    }
}
