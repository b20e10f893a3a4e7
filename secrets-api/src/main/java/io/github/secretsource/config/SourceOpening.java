package io.github.secretsource.config;

import io.github.secretsource.InvalidSecretRefException;
import io.github.secretsource.spi.SecretSource;
import io.github.secretsource.text.Guess;
import io.github.secretsource.text.Name;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Opens configured sources, those that others name before those that name them. What goes wrong is collected; a source
 * with a problem is not opened, nor are those that need it. Used by one thread.
 */
final class SourceOpening {

    /** Text this short is no secret, and likely to be in a message by chance. */
    private static final int SHORTEST_SECRET = 6;

    private final Map<String, SourceSection> sections = new TreeMap<>();
    private final SourceFactories factories;
    private final ConfigProblems problems;
    private final Map<String, SecretSource> opened = new LinkedHashMap<>();
    private final Set<String> failed = new HashSet<>();
    private final Deque<String> path = new ArrayDeque<>();

    /** The source cannot be opened, for a reason that is among the problems already. */
    private static final class Collected extends IllegalArgumentException {

        private static final long serialVersionUID = 1L;

        Collected() {
            super("a source that is needed has a problem of its own");
        }
    }

    SourceOpening(Collection<SourceSection> sections, SourceFactories factories, ConfigProblems problems) {
        sections.forEach(section -> this.sections.put(section.name(), section));
        this.factories = factories;
        this.problems = problems;
    }

    /** Returns those that could be opened, in the order in which they were. */
    Map<String, SecretSource> open() {
        for (SourceSection section : sections.values()) {
            if (!section.check(factories, problems)) {
                failed.add(section.name());
            }
        }
        for (SourceSection section : sections.values()) {
            try {
                source(section);
            } catch (Collected e) {
                failed.add(section.name()); // the reason is among the problems
            }
        }
        return Collections.unmodifiableMap(opened);
    }

    /** Closes what was opened, last first. */
    void close() {
        var sources = new ArrayList<>(opened.values());
        Collections.reverse(sources);
        sources.forEach(this::close);
    }

    private void close(SecretSource source) {
        try {
            source.close();
        } catch (RuntimeException e) {
            problems.addText("a source of " + source.getClass().getName() + " could not be closed again");
        }
    }

    private SecretSource source(SourceSection section) {
        SecretSource known = opened.get(section.name());
        if (known != null) {
            return known;
        }
        if (failed.contains(section.name())) {
            throw new Collected();
        }
        path.addLast(section.name());
        try {
            SecretSource source = made(section);
            opened.put(section.name(), source);
            return source;
        } finally {
            path.removeLast();
        }
    }

    private SecretSource made(SourceSection section) {
        var factory = factories.of(section.kind()).orElseThrow();
        try {
            SecretSource source = factory.open(
                    new SourceSettings(section, factory.keys(), other -> new BorrowedSource(other(section, other))));
            if (source != null && failed.contains(section.name())) {
                close(source);
                throw new Collected();
            }
            if (source != null) {
                return source;
            }
            problems.add(section.toString(), factory.getClass().getName() + " opened nothing");
        } catch (Collected e) {
            throw e;
        } catch (IllegalArgumentException e) {
            problems.addText(told(e, section));
        } catch (RuntimeException | LinkageError e) {
            problems.add(
                    section.toString(), "could not be opened: " + e.getClass().getName());
        }
        throw new Collected();
    }

    /**
     * Returns a source that another one names; where it cannot be had, one that answers nothing, so that the factory goes
     * on and finds what else is wrong.
     */
    private SecretSource other(SourceSection asking, String name) {
        SourceSection named = sections.get(name);
        if (path.contains(name)) {
            problems.add(asking.toString(), "sources name each other in a circle: " + circle(name));
        } else if (named == null) {
            problems.add(asking.toString(), "names a source that is not configured; " + hint(name));
        } else {
            try {
                return source(named);
            } catch (Collected e) {
                // the reason is among the problems
            }
        }
        failed.add(asking.name());
        return (id, context) -> {
            throw new IllegalStateException("a source that is not there is asked");
        };
    }

    private String hint(String name) {
        return Guess.hint(Name.is(name) ? name : "", sections.keySet());
    }

    private String circle(String name) {
        var circle = new ArrayList<>(path);
        circle.add(name);
        return String.join(" -> ", circle.subList(circle.indexOf(name), circle.size()));
    }

    /** A factory's own words, unless they are another class's, which may quote settings, or do quote one. */
    private static String told(IllegalArgumentException problem, SourceSection section) {
        boolean ours =
                problem.getClass() == IllegalArgumentException.class || problem instanceof InvalidSecretRefException;
        String message = problem.getMessage();
        if (!ours || message == null || quotes(message, section.settings())) {
            return section + ": its settings are refused by the factory of kind '" + section.kind()
                    + "', in words that may quote one and are not shown: "
                    + problem.getClass().getSimpleName();
        }
        return message.startsWith(SourceSection.PREFIX) ? message : section + ": " + message;
    }

    private static boolean quotes(String message, Map<String, String> settings) {
        return settings.entrySet().stream()
                .filter(setting -> !setting.getKey().equals(SourceSection.KIND))
                .map(Map.Entry::getValue)
                .anyMatch(text -> text.length() >= SHORTEST_SECRET && message.contains(text));
    }
}
