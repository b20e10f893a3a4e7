package io.github.secretsource;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Which paths of a source may be asked for. A source without patterns has no limit. Immutable. */
final class AllowList {

    private final Map<String, List<String>> patterns;

    AllowList(Map<String, List<String>> patterns) {
        this.patterns = new TreeMap<>();
        for (var entry : patterns.entrySet()) {
            this.patterns.put(entry.getKey(), List.copyOf(entry.getValue()));
        }
    }

    Set<String> sources() {
        return patterns.keySet();
    }

    boolean allows(SecretId id) {
        List<String> allowed = patterns.get(id.source());
        if (allowed == null) {
            return true;
        }
        for (String pattern : allowed) {
            if (matches(pattern, id.path())) {
                return true;
            }
        }
        return false;
    }

    /** Whether text matches, where each star stands for any run of characters, slashes included. */
    static boolean matches(String pattern, String text) {
        int at = 0;
        int in = 0;
        int star = -1;
        int resume = 0;
        while (in < text.length()) {
            if (at < pattern.length() && pattern.charAt(at) == '*') {
                star = at++;
                resume = in;
            } else if (at < pattern.length() && pattern.charAt(at) == text.charAt(in)) {
                at++;
                in++;
            } else if (star >= 0) {
                at = star + 1;
                in = ++resume;
            } else {
                return false;
            }
        }
        while (at < pattern.length() && pattern.charAt(at) == '*') {
            at++;
        }
        return at == pattern.length();
    }
}
