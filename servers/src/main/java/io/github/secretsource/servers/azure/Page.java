package io.github.secretsource.servers.azure;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.List;
import java.util.function.Function;

/** A page of a list, of 25 or as few as the client asked for, and the link to the next. */
final class Page {
    private static final int LARGEST = 25;

    private Page() {}

    static <T> JsonObject of(Call call, List<T> all, Function<T, JsonObjectBuilder> written) {
        int size = number(call, "maxresults", LARGEST, LARGEST);
        int from = number(call, "$skiptoken", 0, Integer.MAX_VALUE);
        var items = Json.createArrayBuilder();
        all.stream().skip(from).limit(size).map(written).forEach(items::add);
        var page = Json.createObjectBuilder().add("value", items);
        if (from + size < all.size()) {
            page.add(
                    "nextLink",
                    call.base() + call.path() + "?api-version=" + call.query("api-version") + "&$skiptoken="
                            + (from + size) + "&maxresults=" + size);
        } else {
            page.addNull("nextLink");
        }
        return page.build();
    }

    private static int number(Call call, String name, int without, int largest) {
        String text = call.query(name);
        if (text.isEmpty()) {
            return without;
        }
        if (!text.matches("\\d{1,9}") || Integer.parseInt(text) > largest) {
            throw Refusal.of(400, "BadParameter", "The parameter " + name + " is not valid.");
        }
        return Integer.parseInt(text);
    }
}
