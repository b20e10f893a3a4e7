package io.github.secretsource;

import io.github.secretsource.SecretId.Selector;
import io.github.secretsource.text.Name;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Collects the parameters of one reference while it is parsed. Confined to the parsing thread. */
final class RefParameters {
    private static final String ENCODING = "encoding";

    private final RefText text;
    private final Set<String> seen = new HashSet<>();
    private final SortedMap<String, String> others = new TreeMap<>();
    private Selector selector = Selector.CURRENT;
    private String selectorValue = "";
    private Encoding encoding = Encoding.NONE;

    RefParameters(RefText text) {
        this.text = text;
    }

    /** Returns whether a name means something in every reference, so that no source can declare it for itself. */
    static boolean isReserved(String name) {
        return name.equals(ENCODING) || !selectorNamed(name).equals(Selector.CURRENT);
    }

    /** Reads the parameters between two positions. */
    void read(int from, int to) {
        int start = from;
        while (start <= to) {
            int separator = text.text().indexOf('&', start);
            int end = separator < 0 || separator > to ? to : separator;
            readOne(start, end);
            start = end + 1;
        }
    }

    /** Returns the id these parameters make of a source and a path. */
    SecretId id(String source, String path) {
        return SecretId.checked(source, path, selector, selectorValue, others);
    }

    /** Returns the encoding asked for, {@link Encoding#NONE} if none was. */
    Encoding encoding() {
        return encoding;
    }

    private void readOne(int from, int to) {
        if (from == to) {
            throw text.refused("empty parameter", from, "write 'name=value' between '&' signs");
        }
        int nameEnd = Name.end(text.text(), from);
        boolean hasValue = nameEnd < to && text.text().charAt(nameEnd) == '=';
        if (nameEnd == from || (nameEnd < to && !hasValue)) {
            throw text.refusedCharacter(nameEnd, "a parameter name is " + Name.RULE);
        }
        readNamed(text.text().substring(from, nameEnd), hasValue, from, nameEnd, to);
    }

    private void readNamed(String name, boolean hasValue, int from, int nameEnd, int to) {
        if (!seen.add(name)) {
            throw text.refused("duplicate parameter '" + name + "'", from, "name it once");
        }
        boolean wantsValue = !name.equals(Selector.PREVIOUS.parameter());
        if (hasValue && !wantsValue) {
            throw text.refused("value of 'previous'", nameEnd, "'previous' takes no value");
        }
        if (!hasValue && wantsValue) {
            throw text.refused("parameter '" + name + "' without a value", from, "write '" + name + "=value'");
        }
        accept(name, from, hasValue ? nameEnd + 1 : nameEnd, to);
    }

    private void accept(String name, int at, int from, int to) {
        var named = selectorNamed(name);
        if (named != Selector.CURRENT) {
            select(named, at, from, to);
            return;
        }
        RefRules.value(text, from, to);
        String value = text.text().substring(from, to);
        if (name.equals(ENCODING)) {
            encoding = encodingNamed(value, from);
        } else {
            others.put(name, value);
        }
    }

    private void select(Selector named, int at, int from, int to) {
        if (selector != Selector.CURRENT) {
            String both = "'" + selector.parameter() + "' and '" + named.parameter() + "' exclude each other";
            throw text.refused(both, at, "name one of them");
        }
        if (named != Selector.PREVIOUS) {
            RefRules.label(text, from, to);
        }
        selector = named;
        selectorValue = text.text().substring(from, to);
    }

    private Encoding encodingNamed(String name, int at) {
        for (var candidate : Encoding.values()) {
            if (candidate != Encoding.NONE && candidate.referenceName().equals(name)) {
                return candidate;
            }
        }
        throw text.refused("unknown encoding", at, "known: base64, base64url, hex");
    }

    private static Selector selectorNamed(String name) {
        for (var candidate : Selector.values()) {
            if (candidate != Selector.CURRENT && candidate.parameter().equals(name)) {
                return candidate;
            }
        }
        return Selector.CURRENT;
    }
}
