package io.github.secretsource;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.TemporalAccessor;
import java.util.AbstractCollection;
import java.util.AbstractMap;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.Timer;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.BaseStream;
import org.junit.jupiter.api.Test;

/** The rules of the house that a compiler cannot hold. */
class ArchitectureTest {

    private static final String ROOT = "io.github.secretsource";
    private static final String SPI = ROOT + ".spi";
    private static final String SOURCE = ROOT + ".source";
    private static final String VIEW = ROOT + ".view";
    private static final String CONFIG = ROOT + ".config";
    private static final String TEXT = ROOT + ".text";

    /** The only classes of the root package that know of configuration. */
    private static final Set<String> ENTRIES = Set.of(ROOT + ".Secrets");

    /** The only classes that may look at a clock, sleep, or make a thread. */
    private static final Set<String> REAL_TIME_AND_THREADS = Set.of(ROOT + ".SystemTimeline", ROOT + ".EngineThreads");

    private static final Set<String> TIMED_FUTURES =
            Set.of("orTimeout", "completeOnTimeout", "delayedExecutor", "cancel");

    private static final Set<Class<?>> MADE_TO_CHANGE = Set.of(
            AbstractCollection.class,
            AbstractMap.class,
            ConcurrentMap.class,
            Executor.class,
            StringBuilder.class,
            ThreadLocal.class);

    private static final Path FOLDER = Path.of(System.getProperty("secretsource.classes", "target/classes"));
    private static final JavaClasses CLASSES = new ClassFileImporter().importPath(FOLDER);

    @Test
    void everyClassLivesInOneOfTheSixPackages() {
        check(classes().should().resideInAnyPackage(ROOT, SPI, SOURCE, VIEW, CONFIG, TEXT));
    }

    @Test
    void onlyTheFourPackagesOfTheApiAreExported() throws IOException {
        try (var descriptor = Files.newInputStream(FOLDER.resolve("module-info.class"))) {
            Set<ModuleDescriptor.Exports> exports =
                    ModuleDescriptor.read(descriptor).exports();
            assertThat(exports)
                    .filteredOn(exported -> !exported.isQualified())
                    .extracting(ModuleDescriptor.Exports::source)
                    .containsExactlyInAnyOrder(ROOT, SPI, SOURCE, VIEW);
            // JSON is read by the same rules in our own sources.
            assertThat(exports)
                    .filteredOn(ModuleDescriptor.Exports::isQualified)
                    .singleElement()
                    .satisfies(exported -> assertThat(exported.source()).isEqualTo(TEXT))
                    .satisfies(
                            exported -> assertThat(exported.targets()).allMatch(name -> name.startsWith(ROOT + ".")));
        }
    }

    @Test
    void noPackageIsNamedForItsLackOfAnIdea() {
        check(noClasses()
                .should()
                .resideInAnyPackage(ROOT + "..util..", ROOT + "..impl..", ROOT + "..common..", ROOT + "..internal.."));
    }

    /** Root and spi know each other, and so do root and config; every other arrow has one direction. */
    @Test
    void rootKnowsOnlyTheSpiConfigurationAndText() {
        check(ownDependencies(ROOT, ROOT, SPI, CONFIG, TEXT));
    }

    @Test
    void onlyTheDoorKnowsOfConfiguration() {
        check(noClasses()
                .that(describe("are not its entry", type -> !ENTRIES.contains(outermost(type))))
                .and()
                .resideOutsideOfPackage(CONFIG)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(CONFIG));
    }

    @Test
    void onlyTheEntriesOfConfigurationArePublic() {
        var open = CLASSES.stream()
                .filter(type -> type.getPackageName().equals(CONFIG))
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .map(JavaClass::getSimpleName);

        assertThat(open).containsExactlyInAnyOrder("Configuration", "EnvironmentConfig");
    }

    @Test
    void configurationKnowsOnlyTheRootTheSpiAndText() {
        check(ownDependencies(CONFIG, CONFIG, ROOT, SPI, TEXT));
    }

    @Test
    void textKnowsNothingOfOurs() {
        check(ownDependencies(TEXT, TEXT));
    }

    @Test
    void spiKnowsOnlyTheRootAndText() {
        check(ownDependencies(SPI, SPI, ROOT, TEXT));
    }

    @Test
    void sourcesKnowOnlyTheRootTheSpiAndText() {
        check(ownDependencies(SOURCE, SOURCE, ROOT, SPI, TEXT));
    }

    @Test
    void viewsKnowOnlyTheRootAndText() {
        check(ownDependencies(VIEW, VIEW, ROOT, TEXT));
    }

    @Test
    void servicesAreLookedUpInOnePlace() {
        var users = CLASSES.stream()
                .filter(type -> dependsOn(type, ServiceLoader.class))
                .map(ArchitectureTest::outermost)
                .distinct();

        assertThat(users).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void noFutureStartsTheTimerThreadOfTheJvm() {
        check(nobodyCalls(
                "CompletableFuture.orTimeout, completeOnTimeout, delayedExecutor or cancel",
                call -> owner(call).isAssignableTo(CompletionStage.class) && TIMED_FUTURES.contains(name(call))));
    }

    @Test
    void everyAsyncStageNamesItsExecutor() {
        check(nobodyCalls(
                "an *Async method without an Executor",
                call -> owner(call).isAssignableTo(CompletionStage.class)
                        && name(call).endsWith("Async")
                        && !takes(call, Executor.class)));
    }

    @Test
    void nothingRunsInTheCommonPool() {
        check(noClasses()
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(ForkJoinPool.class, ForkJoinTask.class)
                .orShould()
                .accessTargetWhere(target("a parallel stream or array operation", ArchitectureTest::runsInParallel)));
    }

    @Test
    void onlyTheRealTimelineLooksAtAClock() {
        check(nobodyElseCalls("a clock", ArchitectureTest::readsAClock));
    }

    @Test
    void onlyTheRealTimelineSleeps() {
        check(nobodyElseCalls(
                "sleep",
                call -> name(call).equals("sleep")
                        && (owner(call).isEquivalentTo(Thread.class)
                                || owner(call).isEquivalentTo(TimeUnit.class))));
    }

    @Test
    void onlyTheThreadFactoryMakesThreads() {
        check(nobodyElseCalls("a maker of threads", ArchitectureTest::makesThreads));
    }

    @Test
    void nothingPrints() {
        check(noClasses()
                .should()
                .accessTargetWhere(describe("System.out, System.err or printStackTrace", ArchitectureTest::prints)));
    }

    @Test
    void loggingGoesThroughSystemLogger() {
        check(noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "java.util.logging..", "org.slf4j..", "org.apache.logging..", "org.apache.commons.logging.."));
    }

    @Test
    void noMethodIsSynchronized() {
        check(noMethods().should().haveModifier(JavaModifier.SYNCHRONIZED));
    }

    @Test
    void nothingUsesReflection() {
        check(noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.lang.reflect..")
                .orShould()
                .accessTargetWhere(target("a look-up of a class or member", ArchitectureTest::looksUpByName)));
    }

    @Test
    void noStaticFieldCanBeAssigned() {
        check(fields().that().areStatic().should().beFinal());
    }

    @Test
    void noStaticFieldHoldsSomethingThatIsMadeToChange() {
        check(fields().that()
                .areStatic()
                .should()
                .notHaveRawType(describe("a mutable holder", ArchitectureTest::isMadeToChange)));
    }

    /** An empty module breaks no rule. */
    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(CLASSES);
    }

    private static ArchRule ownDependencies(String from, String... allowed) {
        return noClasses()
                .that()
                .resideInAPackage(from)
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT + "..").and(not(resideInAnyPackage(allowed))));
    }

    private static ArchRule nobodyCalls(String what, Predicate<CodeUnitAccessTarget> forbidden) {
        return noClasses().should().accessTargetWhere(target(what, forbidden));
    }

    private static ArchRule nobodyElseCalls(String what, Predicate<CodeUnitAccessTarget> forbidden) {
        return noClasses()
                .that(describe("are not the real time and threads", type -> !isRealTimeOrThreads(type)))
                .should()
                .accessTargetWhere(target(what, forbidden));
    }

    private static boolean isRealTimeOrThreads(JavaClass type) {
        return REAL_TIME_AND_THREADS.contains(outermost(type));
    }

    private static String outermost(JavaClass type) {
        return type.getName().replaceFirst("\\$.*", "");
    }

    private static boolean dependsOn(JavaClass type, Class<?> other) {
        return type.getDirectDependenciesFromSelf().stream()
                .anyMatch(dependency -> dependency.getTargetClass().isEquivalentTo(other));
    }

    /** Calls and method references alike. */
    private static DescribedPredicate<JavaAccess<?>> target(String what, Predicate<CodeUnitAccessTarget> forbidden) {
        return describe(
                what, access -> access.getTarget() instanceof CodeUnitAccessTarget call && forbidden.test(call));
    }

    private static boolean readsAClock(CodeUnitAccessTarget call) {
        var system = owner(call).isEquivalentTo(System.class)
                && Set.of("nanoTime", "currentTimeMillis").contains(name(call));
        var now = name(call).equals("now")
                && owner(call).isAssignableTo(TemporalAccessor.class)
                && !takes(call, Clock.class);
        var clock = owner(call).isEquivalentTo(Clock.class) && !takes(call, Clock.class) && isStaticClock(name(call));
        var date = isConstructor(call)
                && owner(call).isEquivalentTo(Date.class)
                && call.getRawParameterTypes().isEmpty();
        return system || now || clock || date;
    }

    private static boolean makesThreads(CodeUnitAccessTarget call) {
        var thread = isConstructor(call) && owner(call).isAssignableTo(Thread.class);
        var timer = isConstructor(call) && owner(call).isAssignableTo(Timer.class);
        var pool = isConstructor(call)
                && owner(call).isAssignableTo(ThreadPoolExecutor.class)
                && !takes(call, ThreadFactory.class);
        var executors = owner(call).isEquivalentTo(Executors.class)
                && name(call).startsWith("new")
                && !takes(call, ThreadFactory.class);
        var defaults = owner(call).isEquivalentTo(Executors.class)
                && Set.of("defaultThreadFactory", "privilegedThreadFactory").contains(name(call));
        return thread || timer || pool || executors || defaults;
    }

    private static boolean isStaticClock(String method) {
        return method.startsWith("system") || method.startsWith("tick");
    }

    private static boolean runsInParallel(CodeUnitAccessTarget call) {
        return switch (name(call)) {
            case "parallelStream" -> owner(call).isAssignableTo(Collection.class);
            case "parallel" -> owner(call).isAssignableTo(BaseStream.class);
            default -> name(call).startsWith("parallel") && owner(call).isEquivalentTo(Arrays.class);
        };
    }

    private static boolean prints(JavaAccess<?> access) {
        return switch (access.getName()) {
            case "out", "err" -> access.getTargetOwner().isEquivalentTo(System.class);
            case "printStackTrace" -> access.getTargetOwner().isAssignableTo(Throwable.class);
            default -> false;
        };
    }

    private static boolean looksUpByName(CodeUnitAccessTarget call) {
        var type = switch (name(call)) {
            case "forName" -> owner(call).isEquivalentTo(Class.class);
            case "loadClass" -> owner(call).isAssignableTo(ClassLoader.class);
            default -> false;
        };
        var answer = call.getRawReturnType().getBaseComponentType();
        return type || answer.getPackageName().equals("java.lang.reflect");
    }

    private static boolean isMadeToChange(JavaClass type) {
        var atomicOrLock = type.getPackageName().startsWith("java.util.concurrent.")
                && !type.getSimpleName().endsWith("FieldUpdater");
        return atomicOrLock || MADE_TO_CHANGE.stream().anyMatch(type::isAssignableTo);
    }

    private static boolean isConstructor(CodeUnitAccessTarget call) {
        return name(call).equals("<init>");
    }

    private static boolean takes(CodeUnitAccessTarget call, Class<?> type) {
        return call.getRawParameterTypes().stream().anyMatch(parameter -> parameter.isEquivalentTo(type));
    }

    private static JavaClass owner(CodeUnitAccessTarget call) {
        return call.getOwner();
    }

    private static String name(CodeUnitAccessTarget call) {
        return call.getName();
    }
}
