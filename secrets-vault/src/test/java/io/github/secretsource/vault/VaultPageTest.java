package io.github.secretsource.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.secretsource.spi.ConfigKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The table of options on the page against the keys that there are. */
class VaultPageTest {
    private static final Path PAGE = Path.of("").toAbsolutePath().getParent().resolve("docs/vault.md");
    private static final Pattern KEY = Pattern.compile("`([a-z][a-z.*-]*)`");

    @Test
    void thePageListsEachKeyAndNoOther() throws IOException {
        String table = Files.readString(PAGE).split("## Options\n", 2)[1].split("\n\nWith `environment`", 2)[0];

        Set<String> shown = table.lines()
                .skip(3)
                .map(row -> row.split("\\|", -1)[2])
                .flatMap(cell -> KEY.matcher(cell).results().map(MatchResult::group))
                .map(name -> name.substring(1, name.length() - 1))
                .collect(Collectors.toSet());

        assertThat(shown)
                .containsExactlyInAnyOrderElementsOf(new VaultSourceFactory()
                        .keys().stream().map(ConfigKey::name).toList());
    }
}
