// Vendure's core as its documentation starts it: shop API on PostgreSQL, dummy payment, no e-mail, no search index.
// node vendure_shop.js prepare        makes the tables and one product per line of stdin (SKU, a tab, a title)
// node vendure_shop.js serve PORT     serves the shop API
// VENDURE_DB names the PostgreSQL socket folder and database, VENDURE_HOME the folder where it is installed.
const { createRequire } = require('module');
const path = require('path');
process.chdir(process.env.VENDURE_HOME);  // it keeps notes of its own where it is started
const from = createRequire(path.join(process.env.VENDURE_HOME, 'package.json'));
const core = from('@vendure/core');
const fs = require('fs');
const [host, database] = process.env.VENDURE_DB.split(':');
const isNew = process.argv[2] === 'prepare';

const config = {
  apiOptions: { port: Number(process.argv[3] || 0), adminApiPath: 'admin-api', shopApiPath: 'shop-api' },
  authOptions: { tokenMethod: ['bearer'], superadminCredentials: { identifier: 'bench', password: 'bench' } },
  dbConnectionOptions: { type: 'postgres', host, username: 'shundan', database, synchronize: isNew, logging: false },
  paymentOptions: { paymentMethodHandlers: [core.dummyPaymentHandler] },
  importExportOptions: { importAssetsDir: process.env.VENDURE_HOME },
  logger: new core.DefaultLogger({ level: core.LogLevel.Error }),
  plugins: [core.DefaultJobQueuePlugin.init({})],
};

async function prepare() {
  const app = await core.bootstrap(config);
  const settings = {
    defaultLanguage: 'en', defaultZone: 'Everywhere',
    countries: [['US', 'United States'], ['GB', 'United Kingdom'], ['ID', 'Indonesia']]
      .map(([code, name]) => ({ code, name, zone: 'Everywhere' })),
    taxRates: [{ name: 'None', percentage: 0 }],
    shippingMethods: [{ name: 'Free', price: 0 }],
    paymentMethods: [{ name: 'Paid at the platform',
      handler: { code: 'dummy-payment-handler', arguments: [{ name: 'automaticSettle', value: 'true' }] } }],
    collections: [],
  };
  await app.get(core.Populator).populateInitialData(settings);
  const ctx = await app.get(core.RequestContextService).create({ apiType: 'admin' }); // knows the new zones
  const products = app.get(core.ProductService), variants = app.get(core.ProductVariantService);
  const made = {};
  for (const line of fs.readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
    const [sku, title] = line.split('\t');
    const slug = 'p-' + sku.toLowerCase();
    const product = await products.create(ctx, { enabled: true,
      translations: [{ languageCode: 'en', name: title, slug, description: '' }] });
    const [variant] = await variants.create(ctx, [{ productId: product.id, sku, price: 1000, stockOnHand: 1000000,
      trackInventory: 'TRUE', translations: [{ languageCode: 'en', name: title }] }]);
    made[sku] = String(variant.id);
  }
  console.log(JSON.stringify(made));
  await app.close();
  process.exit(0);
}

(isNew ? prepare() : core.bootstrap(config)).catch(error => { console.error(error); process.exit(1); });
