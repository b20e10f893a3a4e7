package io.github.secretsource.servers;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives a test class, as parameters of its constructor and test methods, the servers that it names by their types: {@code
 * OpenBao}, {@code HashiCorpVault}, {@code Kubernetes}, {@code Aws}, {@code Postgres}, {@code AzureFake}.
 *
 * <p>There is one of each per JVM, started when a test first asks and ended with the JVM's last test; tests keep apart by
 * names of their own. A test that breaks a server starts one of its own. Where a server is missing, its tests are
 * skipped with one line on the console; with {@code CI} in the environment they fail, but for {@code
 * HashiCorpVault}, which is not part of every installation.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@ExtendWith(ServersExtension.class)
public @interface WithServers {}
