// Which functions step, that is come to touch shared memory: what instrument.mjs makes generators of.

/** Calls that stand for a yield: of their argument, or to the generator that it is. */
const PRIMITIVES = { step: 'yield', $pass: 'yield', $delegate: 'yield*' };
const SHARED_ARRAYS = /^(Int32|Uint32|Float64|BigInt64|BigUint64)Array$/;

/**
 * @param {typeof import('typescript')} ts with more than its types say: its questions about outer expressions
 * @param {import('typescript').Program} program
 * @param {(path: string) => boolean} isInstrumented
 */
export function stepsOf(ts, program, isInstrumented) {
  const checker = program.getTypeChecker();
  const files = program.getSourceFiles().filter(({ fileName }) => isInstrumented(fileName));

  // ---------------------------------------------------------------------------------------------- who is who

  const isFunction = (node) =>
    ts.isFunctionDeclaration(node) ||
    ts.isFunctionExpression(node) ||
    ts.isArrowFunction(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isAccessor(node) ||
    ts.isConstructorDeclaration(node);

  /** The function that a node runs in; none at the top level, in initializers and in a default of a parameter. */
  function enclosing(node) {
    for (let at = node.parent; at; at = at.parent) {
      if (isFunction(at)) return ts.isConstructorDeclaration(at) ? undefined : at;
      if (ts.isPropertyDeclaration(at) || ts.isClassStaticBlockDeclaration(at) || ts.isParameter(at)) return undefined;
    }
    return undefined;
  }

  /** The declaration that stands for a method in all classes that override it. */
  function rootOf(declaration) {
    const owner = declaration?.parent;
    if (!declaration?.name || !owner || !ts.isClassLike(owner)) return declaration;
    for (const { expression } of owner.heritageClauses?.flatMap((clause) => clause.types) ?? []) {
      const name = checker.getSymbolAtLocation(declaration.name)?.escapedName;
      const base = checker
        .getTypeAtLocation(expression.parent)
        .getProperties()
        .find((it) => it.escapedName === name);
      if (base?.valueDeclaration && base.valueDeclaration !== declaration) return rootOf(base.valueDeclaration);
    }
    return declaration;
  }

  function declarationOf(node) {
    let symbol = checker.getSymbolAtLocation(node);
    if (symbol && symbol.flags & ts.SymbolFlags.Alias) symbol = checker.getAliasedSymbol(symbol);
    return rootOf(symbol?.valueDeclaration);
  }

  const isName = (node) => ts.isIdentifier(node) || ts.isPropertyAccessExpression(node);
  const namedBy = (node) => declarationOf(ts.isPropertyAccessExpression(node) ? node.name : node);

  function calleeOf(call) {
    const named = namedBy(ts.skipOuterExpressions(call.expression));
    // `this[taking]()` has no name of its own: its signature knows where it was declared.
    return named ?? rootOf(checker.getResolvedSignature(call)?.declaration);
  }

  const isHolder = (node) => ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node);

  /** What a function is called by: its own declaration, the constant or field that holds it, itself where it is an argument. */
  function keyOf(fn) {
    if (isHolder(fn.parent)) return fn.parent;
    return fn.name && !ts.isFunctionExpression(fn) ? declarationOf(fn.name) : fn;
  }

  const isGenerator = (fn) => fn.asteriskToken !== undefined;
  const isAsync = (fn) => fn.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword) === true;
  const isAtomics = (node) =>
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    node.expression.expression.getText() === 'Atomics';
  const primitive = (node) =>
    ts.isCallExpression(node) && ts.isIdentifier(node.expression) ? PRIMITIVES[node.expression.text] : undefined;
  const typeName = (node) => checker.getTypeAtLocation(node).symbol?.name ?? '';
  const isShared = (node) => ts.isElementAccessExpression(node) && SHARED_ARRAYS.test(typeName(node.expression));
  /** What stands for an element in the expression around it, with `!`, `as` and parentheses. */
  const outer = (node) => (ts.isOuterExpression(node.parent) ? outer(node.parent) : node);
  const isWrite = (node) => {
    const { parent } = outer(node);
    return (
      ts.isBinaryExpression(parent) &&
      parent.left === outer(node) &&
      parent.operatorToken.kind === ts.SyntaxKind.EqualsToken
    );
  };
  /** `words[i]++` and `words[i] += 1`: a read and a write in one step. */
  const isUpdate = (node) => {
    const whole = outer(node);
    const { parent } = whole;
    if (ts.isPrefixUnaryExpression(parent) || ts.isPostfixUnaryExpression(parent)) {
      return [ts.SyntaxKind.PlusPlusToken, ts.SyntaxKind.MinusMinusToken].includes(parent.operator);
    }
    return ts.isBinaryExpression(parent) && parent.left === whole && ts.isAssignmentOperator(parent.operatorToken.kind);
  };
  /** The bytes of an item count as one access: where a function first writes some, outside of loops. */
  const isFirstBytes = (node) => {
    if (!ts.isElementAccessExpression(node) || typeName(node.expression) !== 'Uint8Array' || !isWrite(node))
      return false;
    const fn = enclosing(node);
    if (fn === undefined || firstBytes.has(fn)) return firstBytes.get(fn) === node;
    for (let at = node.parent; at !== fn; at = at.parent) if (ts.isIterationStatement(at, false)) return false;
    firstBytes.set(fn, node);
    return true;
  };
  const firstBytes = new Map();

  // ---------------------------------------------------------------------------------------------- who steps

  /** Declarations of the functions, and of the parameters, whose calls step. */
  const stepping = new Set();
  /** Functions that step but cannot be generators. */
  const refused = new Set();

  const nodes = files.flatMap((file) => {
    const all = [];
    const visit = (node) => {
      all.push(node);
      ts.forEachChild(node, visit);
    };
    visit(file);
    return all;
  });
  const calls = nodes.filter((node) => ts.isCallExpression(node)).map((call) => ({ call, callee: calleeOf(call) }));
  const getters = nodes
    .filter((node) => ts.isPropertyAccessExpression(node))
    .map((access) => ({ access, callee: declarationOf(access.name) }))
    .filter(({ callee }) => callee && ts.isGetAccessor(callee));

  const parameterAt = (callee, index) => {
    const fn = callee && isHolder(callee) ? callee.initializer : callee;
    return fn && isFunction(fn) && isInstrumented(fn.getSourceFile().fileName) ? fn.parameters[index] : undefined;
  };

  const isHeldFunction = (declaration) =>
    declaration &&
    isHolder(declaration) &&
    declaration.initializer &&
    isFunction(declaration.initializer) &&
    !isAsync(declaration.initializer);

  let changed = true;
  const add = (declaration) => {
    if (!declaration || stepping.has(declaration)) return;
    stepping.add(declaration);
    changed = true;
  };
  const isCallback = (fn) =>
    fn && ts.isArrowFunction(fn) && ts.isCallExpression(fn.parent) && fn !== fn.parent.expression;
  const note = (node) => {
    const fn = enclosing(node);
    if (fn === undefined || isGenerator(fn)) return;
    const inCall = ts.isCallExpression(fn.parent) && fn.parent.arguments.includes(fn);
    const parameter = inCall ? parameterAt(calleeOf(fn.parent), fn.parent.arguments.indexOf(fn)) : undefined;
    const anonymous = (ts.isArrowFunction(fn) || ts.isFunctionExpression(fn)) && !isHolder(fn.parent);
    if (isAsync(fn) || ts.isSetAccessor(fn) || (anonymous && !parameter) || refused.has(keyOf(fn)))
      refused.add(keyOf(fn));
    else {
      add(keyOf(fn));
      add(parameter);
    }
  };
  for (const node of nodes) {
    if (isAtomics(node) || primitive(node)) note(node);
    // A callback of a builtin that only reads is one step with what is around it.
    else if ((isShared(node) || isFirstBytes(node)) && !isCallback(enclosing(node))) note(node);
  }
  while (changed) {
    changed = false;
    for (const { call, callee } of calls) {
      if (stepping.has(callee)) note(call);
      for (const [index, argument] of call.arguments.entries()) {
        const parameter = parameterAt(callee, index);
        if (!parameter) continue;
        if (isName(argument) && stepping.has(namedBy(argument))) add(parameter);
        if (isName(argument) && stepping.has(parameter) && isHeldFunction(namedBy(argument))) add(namedBy(argument));
        if (isFunction(argument) && stepping.has(parameter) && !isGenerator(argument) && !isAsync(argument))
          add(argument);
      }
    }
    for (const { access, callee } of getters) if (stepping.has(callee)) note(access);
  }
  refuseEscapes();
  for (const { call, callee } of calls) {
    const declaration = checker.getResolvedSignature(call)?.declaration;
    if (!declaration || !isFunction(declaration) || isGenerator(declaration)) continue;
    if (!stepping.has(keyOf(declaration)) || stepping.has(callee)) continue;
    const file = call.getSourceFile();
    const line = file.getLineAndCharacterOfPosition(call.getStart()).line + 1;
    throw new Error(`${file.fileName}:${line}: a call whose steps would be left out: ${call.getText()}`);
  }

  /** A function that steps must be called by name, or be given to a parameter that steps: nobody else would run it. */
  function refuseEscapes() {
    for (const node of nodes) {
      if (
        !(ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) ||
        ts.isImportSpecifier(node.parent) ||
        ts.isExportSpecifier(node.parent)
      )
        continue;
      const { parent } = node;
      if (parent.name === node && !ts.isPropertyAccessExpression(parent)) continue;
      if (ts.isTypeNode(parent) || ts.isTypeQueryNode(parent)) continue;
      const declaration = declarationOf(node);
      if (!stepping.has(declaration) || ts.isParameter(declaration) || ts.isGetAccessor(declaration)) continue;
      const used = ts.isPropertyAccessExpression(parent) && parent.name === node ? parent : node;
      const call = used.parent;
      if (ts.isCallExpression(call) && call.expression === used) continue;
      if (ts.isCallExpression(call) && stepping.has(parameterAt(calleeOf(call), call.arguments.indexOf(used))))
        continue;
      stepping.delete(declaration);
      refused.add(declaration);
    }
  }

  return {
    calleeOf,
    declarationOf,
    enclosing,
    files,
    isAtomics,
    isFirstBytes,
    isFunction,
    isGenerator,
    isShared,
    isUpdate,
    isWrite,
    keyOf,
    outer,
    primitive,
    refused,
    stepping,
  };
}
