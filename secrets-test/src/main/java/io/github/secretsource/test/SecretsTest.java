package io.github.secretsource.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives each test secrets of its own, in memory and in fake time, so that code that reads secrets is tested without a
 * store and without waiting.
 *
 * <pre>{@code
 * @SecretsTest(sources = "orders-db")
 * class PoolTest {
 *     @Test
 *     void takesTheNewPassword(TestSecrets test) {
 *         test.put("orders-db:app#password", "first");
 *         try (var pool = new Pool(test.secrets().live("orders-db:app#password"))) {
 *             test.rotate("orders-db:app#password", "second");
 *             assertEquals("second", pool.password());
 *         }
 *     }
 * }
 * }</pre>
 *
 * <p>Methods of the test, {@code @BeforeEach} and {@code @AfterEach} ones included, may take parameters of the types
 * {@link TestSecrets}, {@link io.github.secretsource.Secrets}, {@link FakeTime}, and, where there is one source,
 * {@link io.github.secretsource.source.InMemorySecrets}. Time is {@link FakeTime#advancingItself()}: a read of a secret
 * that is too slow fails at its deadline at once. All is closed after the test.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(SecretsExtension.class)
public @interface SecretsTest {

    /**
     * Returns the sources to set up, each in memory: the names that the references in the application's code begin
     * with.
     *
     * @return names, all different
     */
    String[] sources() default "mem";

    /**
     * Returns whether a handle that is open at the end fails the test, unless the test has closed its {@code Secrets}.
     *
     * @return true unless it is said that handles may stay open
     */
    boolean strict() default true;
}
